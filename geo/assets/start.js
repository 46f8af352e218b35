/* Before anything of Streamlit's runs: the language that its own parts are to speak. They ask the
   browser, each in its own time, and are right from left to right only. What the browser really
   speaks stands behind -x-, for Python (geo/ui/session.py). */
((root, parts) => {
  "use strict";

  const { navigator } = root;
  root[Symbol.for("react-aria.i18n.locale")] = parts;
  if (navigator.language.startsWith(`${parts}-x-`)) return;
  Object.defineProperty(navigator, "language", { value: `${parts}-x-${navigator.language}`, configurable: true });
})
