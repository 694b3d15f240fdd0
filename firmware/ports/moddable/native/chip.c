/*
 * What the SDK's modules do not tell of a chip: free memory in a release build, and which of the two
 * firmware slots it runs from.
 */
#include "xsmc.h"
#include "esp_system.h"
#include "app_update/include/esp_ota_ops.h"

void sparrow_chip_free(xsMachine *the) { xsmcSetInteger(xsResult, esp_get_free_heap_size()); }

void sparrow_chip_slot(xsMachine *the)
{
	const esp_partition_t *partition = esp_ota_get_running_partition();
	xsmcSetInteger(xsResult, partition->subtype - ESP_PARTITION_SUBTYPE_APP_OTA_0);
}
