// The prompt: docs/embedding.md
(async () => {
const doc = document, script = doc.currentScript, set = script.dataset, home = script.src.split("static/prompt")[0],
 slides = set.place == "slide-in", ends = slides || set.place == "end",
 key = "digest:" + set.newsletter, today = Date.now() / 864e5, rests = days => {
  try { if (days) localStorage[key] = today + days; return localStorage[key] > today } catch {}
 };
if (slides && rests()) return;
const asked = fetch(`${home}api/prompt/${set.newsletter}?lang=${set.lang || doc.documentElement.lang}`);
if (doc.readyState == "loading") await new Promise(go => addEventListener("DOMContentLoaded", go));
const told = await (await asked).json(), text = { ...told.words, ...set },
 make = (tag, props, ...kids) => {
  const el = Object.assign(doc.createElement(tag), props);
  el.append(...kids);
  return el;
 },
 input = (name, type = "", value = "", autocomplete = "") => make("input", { name, type, value, autocomplete }),
 label = (what, field, hint = text.optional) => make("label", {}, ...[what].flat(), " ", make("small", {}, hint), field),
 old = !ends && doc.querySelector("form[data-digest-prompt]") || script,
 email = input("email", "email", old.email?.value, "email"), button = make("button", {}, text.button),
 form = make("form", { method: "post", action: told.action, noValidate: 1 }, make("h2", {}, text.prompt),
  ...told.newsletters.map(({ key, title, tagline }) =>
   label([input("newsletter", told.newsletters[1] ? "checkbox" : "hidden", key), title], "", tagline)),
  "name" in set ? label(told.words.name, input("name", "", "", "name")) : "",
  ...told.questions.map(({ key, label: what, options }) => label(what, options[0]
   ? make("select", { name: "field." + key }, ...["", ...options].map(each => new Option(each))) : input("field." + key))),
  label(text.email, email, ""), button, input("lang", "hidden", told.language), input("form", "hidden", told.form),
  make("small", {}, text.note)),
 said = make("p", { role: "alert", tabIndex: -1 }), box = make("section", { ariaLabel: text.prompt, className: set.place }, form, said),
 host = make("digest-prompt", { lang: told.language, dir: told.direction }), root = host.attachShadow({ mode: "open" }), css = new CSSStyleSheet,
 tell = line => said.textContent = line,
 fail = ({ field, message = text.failed }) => {
  tell(message);
  form.inert = 0;
  email.ariaInvalid = field == "email";
  (form.querySelector(`[name="${field}"]`) || button).focus();
 },
 send = async wish => {
  const reply = await (await fetch(home + "api/subscribe",
   { method: "POST", body: new Blob([JSON.stringify(wish)], { type: "application/json" }) })).json();
  if (reply.challenge && !wish.proof) {
   tell(text.proving);
   await send({ ...wish, proof: await (await import(home + "static/proof.js")).prove(reply.challenge) });
  } else if (reply.state == "check") {
   rests(9999);
   form.remove();
   tell(reply.message);
   said.focus();
  } else fail(reply.challenge ? {} : reply);
 };
form.onsubmit = () => {
 const given = new FormData(form), fields = {}, wish = { fields, page: location.href.split(/[?#]/)[0] };
 for (const [name, value] of given) name[5] == "." ? fields[name.slice(6)] = value : wish[name] = value;
 wish.newsletter = given.getAll("newsletter");
 tell(text.sending);
 form.inert = 1;
 send(wish).catch(() => navigator.onLine ? form.submit() : fail({}));
 return false;
};
for (const name in set) if (CSS.supports("color", set[name])) host.style.setProperty("--" + name, set[name]);
css.replaceSync(`:host{display:block;margin:2em 0;--accent:#1d4f91}section{padding:1em;border:1px solid #8888;background:var(--paper);color:var(--ink)}h2,p{margin:0}label{display:block;margin:.7em 0}
input,select,button{box-sizing:border-box;width:100%;min-height:44px;padding:.4em;border:1px solid;font:inherit;background:Field}[type=checkbox]{all:revert}
button{background:var(--accent);color:lab(from var(--accent) calc((49.5 - l)*999) 0 0)}section>button{float:inline-end;width:44px;border:0;background:none;color:inherit}
@media(width>48em) and (height>30em){.slide-in{position:fixed;z-index:9;bottom:1em;inset-inline-end:1em;width:22em;background:var(--paper,Canvas);color:var(--ink,CanvasText)}.slide-in:not(.in){display:none}}
@media(prefers-reduced-motion:no-preference){.in{animation:i .4s}}@keyframes i{from{translate:0 9em}}`);
root.adoptedStyleSheets = [css];
root.append(box);
const article = doc.querySelector(set.article || "article") || doc.body;
(ends && [...article.querySelectorAll("p:not(aside *,footer *,form *)")].pop() || old).after(host);
old.remove();
if (slides) {
 const close = () => { host.remove(); rests() || rests(90) };
 box.prepend(make("button", { ariaLabel: text.close, onclick: close }, "×"));
 addEventListener("keydown", event => event.key == "Escape" && close());
 addEventListener("scroll", () => {
  const { top, height } = article.getBoundingClientRect();
  if (innerHeight - top > height * .6) box.classList.add("in");
 });
}
})();
