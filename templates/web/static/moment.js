// The page that asks for a moment: put the proof into the form, and send that.
import { prove } from "./proof.js";

const form = document.querySelector("form[data-challenge]");
const proof = document.createElement("input");
proof.type = "hidden";
proof.name = "proof";
proof.value = await prove(JSON.parse(form.dataset.challenge));
form.append(proof);
form.submit();
