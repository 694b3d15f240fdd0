/** Makes the global object `sparrowKernels` of the host functions, for bundles that are evaluated. */
#include "xs.h"
#include "kernels-xs.h"

/* Call it in a host frame of the machine, before the bundle. */
void installKernels(xsMachine *the) {
  xsResult = xsNewObject();
  for (const SparrowHostFunction *host = sparrow_host_functions; host->name; host++) {
    xsSet(xsResult, xsID((xsStringValue)host->name), xsNewHostFunction((xsCallback)host->callback, host->length));
  }
  xsSet(xsGlobal, xsID("sparrowKernels"), xsResult);
}
