// The page that asks for a moment: find the number behind the salt whose SHA-256 is the challenge (ALTCHA, version 1),
// put it into the form, and send that.
"use strict";

(async () => {
  const form = document.querySelector("form[data-challenge]");
  if (!form || !window.crypto || !crypto.subtle) return;
  const { algorithm, challenge, salt, signature, maxnumber } = JSON.parse(form.dataset.challenge);
  const encoder = new TextEncoder();
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  for (let number = 0; number <= maxnumber; number++) {
    if (hex(await crypto.subtle.digest(algorithm, encoder.encode(salt + number))) !== challenge) continue;
    const proof = document.createElement("input");
    proof.type = "hidden";
    proof.name = "proof";
    proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    form.append(proof);
    form.submit();
    return;
  }
})();
