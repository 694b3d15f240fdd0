/**
 * Figures of others that the bench cannot measure, because their licence or their tools do not let it: counted once,
 * on rv32imc and rv32imfc under QEMU, gcc 12.2 -O2, 256-64-10, per training step and example.
 *
 * AIfES for Arduino 2.2.0 (commit 07a4382, AGPL-3.0): compiled as it is, `aialgo_train_model` over 16 examples after
 * a warm-up pass, float with SGD, its batches made of slices of 1 as its own examples have them. Its Q31 training
 * crashes as shipped and was repaired to be counted. Genann (commit 8dcd1db, zlib licence): sigmoid, double.
 * @module
 */

/** The best peer with an FPU, at its two batch sizes. */
export const AIFES_FPU_1 = 2_103_011;
export const AIFES_FPU_16 = 804_536;

export const CITED: [string, string, number][] = [
  ['Genann, batch 1', 'rv32imc, soft double', 14_211_320],
  ['AIfES float, batch 1', 'rv32imc, soft float', 12_776_004],
  ['AIfES float, batch 16', 'rv32imc, soft float', 10_261_587],
  ['AIfES Q31, batch 1', 'rv32imc', 3_998_916],
  ['AIfES Q31, batch 16', 'rv32imc', 2_187_256],
  ['AIfES float, batch 1', 'rv32imfc, FPU', AIFES_FPU_1],
  ['AIfES float, batch 16', 'rv32imfc, FPU', AIFES_FPU_16],
  ['the same without the input gradient of its first layer', 'rv32imfc, FPU', 702_089],
];
