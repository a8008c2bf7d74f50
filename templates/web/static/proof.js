// Proof of work, when the server asks for one (ALTCHA, version 1): no page loads it before.

/** The number whose hash, after the salt, is the challenge: as base64 of JSON, as the server wants it back. */
export async function prove({ algorithm, challenge, salt, signature, maxnumber }) {
  for (let number = 0; number <= maxnumber; number++) {
    const hash = await crypto.subtle.digest(algorithm, new TextEncoder().encode(salt + number));
    if (hex(hash) === challenge) return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    if (number % 500 === 499) await new Promise((go) => setTimeout(go)); // the page stays alive
  }
  throw new Error("no number up to maxnumber fits the challenge");
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
