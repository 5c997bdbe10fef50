/**
 * Names for pages and connections that nobody guesses.
 */

/**
 * 128 random bits; crypto.randomUUID is not there on insecure origins, where the view has to say so.
 * @returns {string}
 */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
