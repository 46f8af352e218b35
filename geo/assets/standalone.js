/* The page that opens without a network: starts the map, writes the tables. All data comes from
   the JSON island and is shown with textContent; only http and https addresses become links. */
(function (root) {
  "use strict";

  const STEP = 500; // rows written at a time; the button says how many there are
  const given = JSON.parse(document.getElementById("ts-data").textContent);
  const { words, rows, sources, claims, centres } = given;
  const digits = (n) => root.tansiqParts.words.number(n, given.lang);
  const at = (id) => document.getElementById(id);

  function el(tag, text, name) {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    if (name) node.className = name;
    return node;
  }

  const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

  function link(url, text) {
    if (!/^https?:\/\//i.test(url)) return el("span", text);
    const a = el("a", text);
    a.href = url;
    a.rel = "noopener noreferrer nofollow";
    a.target = "_blank";
    return a;
  }

  function english(text) {
    const node = el("span", text);
    Object.assign(node, { lang: "en", dir: "ltr", title: given.lang === "en" ? "" : words.english });
    return node;
  }

  /* Publisher, and the title as a link; the title keeps the language it was published in. */
  function publication(id) {
    const source = sources[id];
    const node = el("span");
    const title = link(source.url, source.title || words.no_title);
    if (source.title) Object.assign(title, { lang: source.language, dir: "auto" });
    const alone = el("bdi"); // so that a title cannot turn the words around it
    alone.append(title);
    node.append(el("bdi", source.publisher), ": ", alone);
    return node;
  }

  function list(tag, items) {
    const node = el(tag);
    for (const item of items) node.appendChild(el("li")).append(...[].concat(item));
    return node;
  }

  function claim(id) {
    const one = claims[id];
    return [english(one.text), el("br"), el("span", `${one.said} — `, "ts-note"), publication(one.source)];
  }

  function table(heads, body) {
    const box = el("div", "", "ts-scroll");
    const node = box.appendChild(el("table"));
    const line = node.appendChild(el("thead")).appendChild(el("tr"));
    for (const head of heads) Object.assign(line.appendChild(el("th", head)), { scope: "col" });
    node.append(body);
    return box;
  }

  function cell(name, nodes, kind) {
    const node = el("td", undefined, kind);
    if (name) node.dataset.name = name;
    node.append(...nodes.filter((one) => one.textContent || one.tagName === "BR"));
    return node;
  }

  function eventRow(one) {
    const row = el("tr");
    row.id = one.id;
    const title = [el("strong", one.title), el("br"), el("span", `${one.id}${given.apart}${one.precision}`, "ts-note")];
    if (one.contradicted) title.push(el("br"), el("span", words.contradicted, "ts-bad"));
    if (one.claims.length) {
      const more = el("details");
      more.append(el("summary", one.claims_label), list("ol", one.claims.map(claim)));
      title.push(more);
    }
    row.append(
      cell("", [el("span", one.date, "ts-date")]), cell("", title),
      cell(words.col_place, [el("span", [one.place, one.governorate].filter(Boolean).join(given.apart))]),
      cell(words.col_type, [el("span", one.type)]), cell(words.col_killed, one.killed ? [el("span", one.killed)] : []),
      cell(words.col_sources, one.source_ids.length ? [list("ul", one.source_ids.map((id) => publication(id)))] : [], "ts-cell"),
    );
    return row;
  }

  function writeEvents() {
    const section = at("ts-events");
    section.append(el("h2", words.events));
    if (rows.length === 0) return void section.append(el("p", words.empty));
    const body = el("tbody");
    const state = el("p", "", "ts-note");
    const more = el("button", words.more);
    more.type = "button";
    const write = () => {
      for (const one of rows.slice(body.children.length, body.children.length + STEP)) body.append(eventRow(one));
      state.textContent = say("showing", { n: digits(body.children.length), total: digits(rows.length) });
      more.hidden = body.children.length >= rows.length;
      state.hidden = more.hidden;
    };
    more.addEventListener("click", write);
    write();
    section.append(table([words.col_date, words.col_title, words.col_place, words.col_type, words.col_killed, words.col_sources], body), state, more);
  }

  function writeCentres() {
    if (centres.length === 0) return;
    const body = el("tbody");
    for (const one of centres) {
      const row = body.appendChild(el("tr"));
      const status = [el("span", one.status)];
      if (one.contradicted) status.push(el("br"), el("span", words.contradicted, "ts-bad"));
      row.append(cell("", [el("strong", one.label)]), cell(words.col_status, status), cell(words.col_confirmed, [el("span", one.confirmed)]), cell(words.col_place, [el("span", one.place)]));
    }
    at("ts-centres").append(el("h2", given.centres_title), table([words.col_centre, words.col_status, words.col_confirmed, words.col_place], body));
  }

  /* What the colours of areas say, for those who read or hear it. */
  function writeAreas() {
    const { areas } = given;
    if (!areas) return;
    const body = el("tbody");
    for (const texts of areas.rows) body.appendChild(el("tr")).append(...texts.map((text, i) => cell(areas.heads[i], [el("bdi", text)])));
    const more = at("ts-areas").appendChild(el("details"));
    more.append(el("summary", areas.title), el("p", areas.lost, "ts-note"), table(areas.heads, body));
  }

  function writeSources() {
    const ids = Object.keys(sources);
    if (ids.length === 0) return;
    const items = ids.map((id) => [publication(id), el("span", given.apart + sources[id].dates, "ts-note")]);
    at("ts-sources").append(el("h2", given.sources_title), list("ol", items));
  }

  function writeAbout() {
    const facts = el("dl");
    for (const [name, value] of given.about) facts.append(el("dt", name), el("dd", value));
    at("ts-about").append(el("h2", words.about), facts, el("p", words.caption, "ts-note"));
  }

  function startMap() {
    const dark = root.matchMedia("(prefers-color-scheme: dark)").matches;
    const known = (id) => ({ id, ...sources[id] });
    const details = rows.map((one) => ({ ...one, sources: one.source_ids.map(known) }));
    const map = root.L.map("map_div", { center: [34.9, 44.2], zoom: 7, minZoom: 5, maxZoom: 15, zoomControl: false, attributionControl: false });
    root.tansiq.boot(map, { ...given.map, theme: dark ? "dark" : "light", inline: { ...given.map.inline, details } });
    root.tansiq.apply(given.call);
  }

  document.title = `${given.sentence} – ${words.title}`;
  at("ts-sentence").textContent = given.sentence;
  at("ts-summary").textContent = given.summary;
  startMap();
  writeAreas();
  writeCentres();
  writeEvents();
  writeSources();
  writeAbout();
})(window);
