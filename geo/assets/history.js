/* One state of the dashboard is one entry of the browser's history, so that back undoes one
   change. A turn of the page keeps the search of the address, and a search that says the same
   again (Streamlit writes it after the turn), or only names the language that nobody had named,
   is no new entry. Runs in the page, once. */
(function () {
  "use strict";

  const FRAMES = ["lat", "lon", "z"]; // belong to the map's frame
  if (history.tansiq) return;
  history.tansiq = true;

  const push = history.pushState.bind(history);
  const words = (search, whole) => [...new URLSearchParams(search)].filter(([key]) => !FRAMES.includes(key) && (whole || key !== "lang")).map((pair) => pair.join("=")).sort().join("&");
  const named = (search) => new URLSearchParams(search).has("lang");

  history.pushState = (state, title, url) => {
    const here = document.location;
    const next = new URL(url === undefined || url === null ? here.href : url, here.href);
    const turned = next.pathname !== here.pathname;
    if (turned && !next.search) next.search = here.search;
    const same = words(next.search, named(here.search)) === words(here.search, true);
    if (!turned && same) history.replaceState(state, title, next);
    else push(state, title, next);
  };
})();
