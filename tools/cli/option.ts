/**
 * Reading option values. What a person typed wrong is told with the option's name.
 * @module
 */
import { InvalidArgumentError } from 'commander';

/** A parser of numbers for commander; the range itself is checked where the value is used. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** A parser of integers from `least`, to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`);
    }
    return value;
  };
}
