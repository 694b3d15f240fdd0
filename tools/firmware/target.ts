/**
 * The name of a build, by which new firmware finds its boards: that of the platform after `-p`.
 * @module
 */

const TARGET_LENGTH = 15; // of a-z, 0-9 and -, as in the firmware frame

/** @param words of mcconfig's command line @returns one name, or none where no platform is named */
export function targetOf(words: readonly string[]): string[] {
  const platform = words[words.indexOf('-p') + 1];
  if (!words.includes('-p') || platform === undefined) return [];
  const name = platform.split('/').at(-1) ?? '';
  return [name.toLowerCase().replaceAll('_', '-').slice(0, TARGET_LENGTH)];
}
