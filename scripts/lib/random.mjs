/**
 * Numbers from 0 to 1 that are the same in every run.
 * @param {number} seed
 * @returns {() => number}
 */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
