/**
 * FANN 256-64-10 in float32, one example at a time, with its own defaults for what it calls a standard network.
 * Prints the mean squared error before and after in millionths.
 */
#include <floatfann.h>
#include <stdint.h>
#include <stdio.h>

enum { INPUTS = 256, HIDDEN = 64, CLASSES = 10, EXAMPLES = 16, EPOCHS = 40 };

static float inputs[EXAMPLES][INPUTS], targets[EXAMPLES][CLASSES];

__attribute__((noinline)) float trainEpoch(struct fann *network) {
  fann_reset_MSE(network);
  for (int i = 0; i < EXAMPLES; i++) fann_train(network, inputs[i], targets[i]);
  return fann_get_MSE(network);
}

int main(void) {
  uint32_t seed = 1;
  struct fann *network = fann_create_standard(3, INPUTS, HIDDEN, CLASSES);
  if (network == NULL) return 1;
  const unsigned connections = fann_get_total_connections(network);
  struct fann_connection all[(INPUTS + 1) * HIDDEN + (HIDDEN + 1) * CLASSES];
  if (connections != sizeof all / sizeof *all) return 1;
  fann_get_connection_array(network, all); /* its own first weights are of the clock */
  for (unsigned i = 0; i < connections; i++) {
    seed = seed * 1664525u + 1013904223u;
    fann_set_weight(network, all[i].from_neuron, all[i].to_neuron, 0.2f * ((float)(seed >> 8) / 16777216.0f) - 0.1f);
  }
  fann_set_learning_rate(network, 0.1f);
  for (int i = 0; i < EXAMPLES; i++) {
    for (int c = 0; c < INPUTS; c++) {
      seed = seed * 1664525u + 1013904223u;
      inputs[i][c] = (float)(seed >> 8) / 16777216.0f;
    }
    targets[i][i % CLASSES] = 1;
  }
  const float before = trainEpoch(network);
  float after = before;
  for (int epoch = 1; epoch < EPOCHS; epoch++) after = trainEpoch(network);
  printf("0 %d %d\n", (int)(1e6f * before), (int)(1e6f * after));
  fann_destroy(network);
  return 0;
}
