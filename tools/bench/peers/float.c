/**
 * The plainest trainer in float32 that one would write: INPUTS-HIDDEN-CLASSES, dense, biases, ReLU, softmax
 * cross-entropy, SGD over a batch whose gradients are summed first (at batch 1 weights are stepped in place).
 * It passes over nothing. Prints instructions per example (0 where it cannot count) and the loss before and
 * after, so that a trainer that does not learn is seen.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { INPUTS = 256, HIDDEN = 64, CLASSES = 10, EXAMPLES = 16, WARM_UP = 2, EPOCHS = 40 };

static float weights1[HIDDEN][INPUTS], biases1[HIDDEN], weights2[CLASSES][HIDDEN], biases2[CLASSES];
static float gradient1[HIDDEN][INPUTS], gradientB1[HIDDEN], gradient2[CLASSES][HIDDEN], gradientB2[CLASSES];
static float hidden[HIDDEN], probabilities[CLASSES], errors1[HIDDEN];
static float inputs[EXAMPLES][INPUTS];
static int labels[EXAMPLES];

static float forward(const float *x, int label) {
  for (int r = 0; r < HIDDEN; r++) {
    float sum = biases1[r];
    for (int c = 0; c < INPUTS; c++) sum += weights1[r][c] * x[c];
    hidden[r] = sum > 0 ? sum : 0;
  }
  float most = -1e30f, all = 0;
  for (int r = 0; r < CLASSES; r++) {
    float sum = biases2[r];
    for (int c = 0; c < HIDDEN; c++) sum += weights2[r][c] * hidden[c];
    probabilities[r] = sum;
    if (sum > most) most = sum;
  }
  for (int r = 0; r < CLASSES; r++) all += probabilities[r] = expf(probabilities[r] - most);
  for (int r = 0; r < CLASSES; r++) probabilities[r] /= all;
  return -logf(probabilities[label]);
}

/* Leaves the errors of the logits in `probabilities`. */
static void backward(int label) {
  probabilities[label] -= 1;
  for (int c = 0; c < HIDDEN; c++) {
    float sum = 0;
    for (int r = 0; r < CLASSES; r++) sum += weights2[r][c] * probabilities[r];
    errors1[c] = hidden[c] > 0 ? sum : 0;
  }
}

static void stepOne(const float *x, float rate) {
  for (int r = 0; r < CLASSES; r++) {
    float g = rate * probabilities[r];
    for (int c = 0; c < HIDDEN; c++) weights2[r][c] -= g * hidden[c];
    biases2[r] -= g;
  }
  for (int r = 0; r < HIDDEN; r++) {
    float g = rate * errors1[r];
    for (int c = 0; c < INPUTS; c++) weights1[r][c] -= g * x[c];
    biases1[r] -= g;
  }
}

static void addGradients(const float *x) {
  for (int r = 0; r < CLASSES; r++) {
    for (int c = 0; c < HIDDEN; c++) gradient2[r][c] += probabilities[r] * hidden[c];
    gradientB2[r] += probabilities[r];
  }
  for (int r = 0; r < HIDDEN; r++) {
    for (int c = 0; c < INPUTS; c++) gradient1[r][c] += errors1[r] * x[c];
    gradientB1[r] += errors1[r];
  }
}

static void stepAll(float *values, float *gradients, int n, float rate) {
  for (int i = 0; i < n; i++) {
    values[i] -= rate * gradients[i];
    gradients[i] = 0;
  }
}

/* @returns the loss, summed over the examples */
__attribute__((noinline)) float trainEpoch(void) {
  float loss = 0;
  for (int first = 0; first < EXAMPLES; first += BATCH) {
    for (int i = first; i < first + BATCH; i++) {
      loss += forward(inputs[i], labels[i]);
      backward(labels[i]);
      if (BATCH == 1) stepOne(inputs[i], 0.05f);
      else addGradients(inputs[i]);
    }
    if (BATCH == 1) continue;
    const float rate = 0.4f / BATCH;
    stepAll(&weights1[0][0], &gradient1[0][0], HIDDEN * INPUTS, rate);
    stepAll(biases1, gradientB1, HIDDEN, rate);
    stepAll(&weights2[0][0], &gradient2[0][0], CLASSES * HIDDEN, rate);
    stepAll(biases2, gradientB2, CLASSES, rate);
  }
  return loss;
}

static uint64_t instret(void) {
#ifdef COUNT_INSTRUCTIONS
  uint32_t high, low, again;
  do {
    __asm__ volatile("rdinstreth %0\n\trdinstret %1\n\trdinstreth %2" : "=r"(high), "=r"(low), "=r"(again));
  } while (high != again);
  return (uint64_t)high << 32 | low;
#else
  return 0;
#endif
}

static uint32_t seed = 1;

/* @returns 0 to below 1 */
static float fraction(void) {
  seed = seed * 1664525u + 1013904223u;
  return (float)(seed >> 8) / 16777216.0f;
}

static void fill(float *values, int n, float most) {
  for (int i = 0; i < n; i++) values[i] = most * (2 * fraction() - 1);
}

int main(void) {
  fill(&weights1[0][0], HIDDEN * INPUTS, 0.06f);
  fill(&weights2[0][0], CLASSES * HIDDEN, 0.12f);
  for (int i = 0; i < EXAMPLES; i++) {
    for (int c = 0; c < INPUTS; c++) inputs[i][c] = fraction();
    labels[i] = i % CLASSES;
  }
  float before = 0, after = 0;
  uint64_t counted = 0;
  for (int epoch = 0; epoch < EPOCHS; epoch++) {
    const uint64_t from = instret();
    after = trainEpoch();
    if (epoch == WARM_UP) counted = instret() - from;
    if (epoch == 0) before = after;
  }
  /* losses in thousandths: a printf without floats is smaller */
  printf("%" PRIu64 " %d %d\n", counted / EXAMPLES, (int)(1000 * before / EXAMPLES), (int)(1000 * after / EXAMPLES));
  return 0;
}
