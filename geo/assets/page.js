/* What the page around the map needs beyond Streamlit: language and direction at its root, a
   voice that says what became of a change, and a word when the server is out of reach. The page
   runs it with {lang, dir, choose, lost} each time the language changes. */
((root, given) => {
  "use strict";

  const { lang, dir } = given;
  const { document } = root;
  const STORY = "h1.ts-story";
  const BARE = "[data-testid=stVegaLiteChart] > svg:not([aria-hidden])";
  const TABLE = ".dvn-scroller";
  const TAKES = "[data-testid=stFileUploaderDropzone] [data-testid=stBaseButton-secondary] p";
  const REACHED = "CONNECTED";
  const PATIENCE = 1500; // ms without the server before it is said: most of it is nobody's concern
  const QUIET = 700; // ms without a change before it is said: one sentence for a drag

  Object.assign(document.documentElement, { lang, dir });
  // where another program serves the page, start.js comes late: a part listens only once it stands on the page, and keeps what it read before
  const tell = () => root.dispatchEvent(new Event("languagechange"));
  const soon = () => [0, 100, 500, 1500].forEach((wait) => root.setTimeout(tell, wait));
  const stands = () => document.querySelector(".stApp [data-rac]");
  new MutationObserver((_, watching) => {
    if (stands()) { watching.disconnect(); soon(); }
  }).observe(document.body, { childList: true, subtree: true });
  soon();

  /* Lists, calendars and popovers hang on the body, outside of what Streamlit gives its theme's
     colour scheme: our colours in them would be those of the light. */
  const scheme = () => {
    const app = document.querySelector(".stApp");
    if (app) document.documentElement.style.colorScheme = root.getComputedStyle(app).colorScheme;
  };
  scheme();

  let voice = document.getElementById("ts-voice");
  if (!voice) {
    voice = document.body.appendChild(document.createElement("div"));
    voice.id = "ts-voice";
    voice.className = "ts-hidden";
    voice.setAttribute("role", "status");
    listen(voice);
    watch(document.body.appendChild(document.createElement("p")));
  }
  for (const one of [voice, document.getElementById("ts-lost")]) Object.assign(one, { lang, dir });
  document.getElementById("ts-lost").dataset.words = given.lost;
  voice.dataset.choose = given.choose;
  name();

  /* The button that takes a file is named in English only. */
  function name() {
    const { choose } = document.getElementById("ts-voice").dataset;
    for (const one of document.querySelectorAll(TAKES)) if (one.textContent !== choose) one.textContent = choose;
  }

  /* Say that the server is out of reach, in place of Streamlit's English words (page.css). */
  function watch(node) {
    Object.assign(node, { id: "ts-lost", hidden: true });
    let due = 0;
    const look = () => {
      const app = document.querySelector(".stApp");
      root.clearTimeout(due);
      const reached = !app || app.dataset.testConnectionState === REACHED;
      if (reached) { node.hidden = true; node.removeAttribute("role"); }
      else due = root.setTimeout(() => { node.setAttribute("role", "alert"); node.hidden = false; node.textContent = node.dataset.words; }, PATIENCE);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-test-connection-state"] });
  }

  /* Say the story when it has changed, politely. The page draws its parts anew at each change,
     so that a part which came with its words would not be read; this one is always there. */
  function listen(node) {
    const told = () => { const story = document.querySelector(STORY); return story ? story.textContent : ""; };
    let last = told();
    let due = 0;
    const say = () => {
      scheme();
      begin();
      const now = told();
      if (now && last && now !== last) node.textContent = now;
      last = now || last;
    };
    // a chart is told as a whole by its label; Vega names its bars in English, its brush not at all
    const hush = () => { for (const one of document.querySelectorAll(BARE)) one.setAttribute("aria-hidden", "true"); };
    // a table wider than the page is read from where the language begins, until the reader moves it
    const begin = () => {
      const side = document.documentElement.dir;
      for (const one of document.querySelectorAll(TABLE)) {
        if (one.dataset.tsBegun === side) continue; // sizes are asked for only until it has begun
        const room = one.scrollWidth - one.clientWidth;
        if (room <= 0) continue;
        one.dataset.tsBegun = side;
        one.scrollLeft = side === "rtl" ? room : 0;
      }
    };
    const later = () => {
      last = last || told(); // a change may follow before the first quiet
      hush();
      begin();
      name();
      root.clearTimeout(due);
      due = root.setTimeout(say, QUIET);
    };
    root.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", later);
    new MutationObserver(later).observe(document.getElementById("root") || document.body, { subtree: true, childList: true, characterData: true });
  }
})
