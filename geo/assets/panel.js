/* What lies over the map: zoom, legend, scale, attribution, take-away, messages, tooltip,
   card. Every text goes through textContent; nothing from data ever becomes markup. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const NARROW = 640;
  const LOW = 440;
  const LISTED = 6; // names in a tooltip before "and more"
  const ICONS = {
    plus: "M8 3v10M3 8h10", minus: "M3 8h10",
    fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3M8 6.2v3.6M6.2 8h3.6",
    down: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13h10", info: "M8 7.2v4M8 4.4v.6M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8",
    rectangle: "M2.5 4h11v8h-11zM1.6 3.1h1.8v1.8h-1.8zM12.6 11.1h1.8v1.8h-1.8z",
    // time runs from left to right in every language
    play: "M5 3l8 5-8 5z", pause: "M5.5 3.5v9M10.5 3.5v9", back: "M11 3.5 6.5 8l4.5 4.5M4 3.5v9", on: "M5 3.5 9.5 8 5 12.5M12 3.5v9",
    close: "M4 4l8 8M12 4l-8 8", fold: "M4 6l4 4 4-4",
  };
  const PICTURES = [["png", "screen"], ["png", "print"], ["png", "social-wide"], ["png", "social-square"], ["svg", ""], ["pdf", ""]];
  const TABLES = ["csv", "geojson", "gpkg", "parquet", "package", "prov"];
  const OF_CLAIMS = ["package", "prov"]; // which imported events have none of
  const CITES = ["text", "bibtex", "csl"];

  function el(tag, name, text) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("class", "tq-icon");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  function button(name, label, act, words) {
    const node = el("button", `tq-button tq-${name}`);
    node.type = "button";
    node.title = label;
    node.setAttribute("aria-label", label);
    node.append(icon(name));
    if (words) node.append(el("span", "", words));
    node.addEventListener("click", act);
    return node;
  }

  /* A small canvas painted by the map's own functions, for the legend. */
  function swatch(draw, width = 26, height = 24) {
    const ratio = root.devicePixelRatio || 1;
    const canvas = el("canvas", "tq-swatch");
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.setAttribute("aria-hidden", "true");
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    draw(ctx, width / 2, height / 2);
    return canvas;
  }

  function create(L, map, { lang, dir, config }) {
    const host = map.getContainer();
    const ui = el("div", "tq-ui");
    ui.lang = lang;
    ui.dir = dir;
    const corner = (name) => ui.appendChild(el("div", `tq-corner tq-${name}`));
    const [topStart, topEnd, bottomWest, bottomEast] = ["top-start", "top-end", "bottom-west", "bottom-east"].map(corner);
    const message = ui.appendChild(el("div", "tq-messages"));
    message.setAttribute("role", "status");
    const tip = ui.appendChild(el("div", "tq-tip"));
    tip.hidden = true;
    host.append(ui);
    for (const node of [topStart, topEnd, bottomWest, bottomEast]) {
      L.DomEvent.disableClickPropagation(node);
      L.DomEvent.disableScrollPropagation(node);
    }
    const panel = { ui, w: parts.words.speak({}, lang), theme: null };
    const said = new Map();

    /* Show a sentence until it is taken back; one line a kind. */
    panel.say = (kind, sentence, alert) => {
      const old = said.get(kind);
      if (old) old.remove();
      said.delete(kind);
      if (!sentence) return;
      const line = el("div", `tq-message${alert ? " tq-alert" : ""}`, sentence);
      line.dataset.kind = kind;
      said.set(kind, message.appendChild(line));
    };
    panel.said = () => [...said.keys()];

    panel.controls = (w, theme, actions) => {
      Object.assign(panel, { w, theme });
      const zoom = topStart.appendChild(el("div", "tq-group"));
      zoom.append(
        button("plus", w("zoom_in"), () => map.zoomIn()),
        button("minus", w("zoom_out"), () => map.zoomOut()),
        button("fit", w("fit"), actions.fit),
      );
      if (!config.inline) panel.toggle = zoom.appendChild(button("rectangle", w("rectangle.choose"), actions.rectangle));
      if (!config.inline) topEnd.append(takeAway(w, actions));
      panel.legendBox = bottomWest.appendChild(el("details", "tq-legend tq-box"));
      panel.legendBox.open = map.getSize().x >= NARROW && map.getSize().y >= LOW; // in a low frame of another site it would cover the rest
      const scale = bottomEast.appendChild(el("div", "tq-scale"));
      scale.append(el("span", "tq-scale-text"), el("span", "tq-scale-bar"));
      const scaled = () => scaleBar(scale, map, w);
      map.on("move zoomend resize", scaled);
      panel.off = () => map.off("move zoomend resize", scaled);
      scaled();
      return panel;
    };

    /* What a tool of the map asks for, with its buttons; null puts it away. */
    panel.tool = (content) => {
      if (panel.toggle) panel.toggle.setAttribute("aria-pressed", String(Boolean(content)));
      if (panel.toolBox) panel.toolBox.remove();
      panel.toolBox = null;
      if (!content) return;
      panel.toolBox = el("div", "tq-box tq-tool");
      topStart.after(panel.toolBox);
      const line = panel.toolBox.appendChild(el("p", "", content.text));
      line.setAttribute("role", "status");
      line.append(el("span", "tq-by-keys", ` ${content.keys}`));
      for (const [label, act] of content.buttons) {
        const one = panel.toolBox.appendChild(el("button", "tq-button", label));
        one.type = "button";
        one.addEventListener("click", act);
        L.DomEvent.disableClickPropagation(one);
      }
    };
    /* Put a control above scale and attribution. */
    panel.stand = (node) => bottomEast.prepend(node);

    panel.attribution = (lines) => {
      const old = bottomEast.querySelector(".tq-credit");
      if (old) old.remove();
      const box = bottomEast.appendChild(el("details", "tq-credit"));
      box.open = map.getSize().x >= NARROW;
      const head = box.appendChild(el("summary", "", ""));
      head.append(icon("info"));
      head.setAttribute("aria-label", panel.w("attribution_label"));
      head.title = panel.w("attribution_label");
      const body = box.appendChild(el("span", "tq-credit-text"));
      for (const line of lines) {
        const part = body.appendChild(el("span", "", line));
        part.dir = "auto";
        body.append(panel.w("sign.apart"));
      }
      if (body.lastChild) body.lastChild.remove();
    };

    /* Boxes of the view that controls cover, for names to keep off. */
    panel.covered = () => {
      const origin = host.getBoundingClientRect();
      return [topStart, topEnd, bottomWest, bottomEast].flatMap((node) => [...node.children]).map((node) => {
        const b = node.getBoundingClientRect();
        return [b.left - origin.left, b.top - origin.top, b.right - origin.left, b.bottom - origin.top];
      });
    };
    panel.legend = (content) => legend(panel, content);
    panel.tip = (at, lines) => tooltip(tip, map, at, lines);
    panel.card = (content) => card(panel, ui, content);
    panel.close = () => {
      panel.tip(null);
      for (const open of ui.querySelectorAll(".tq-menu[open]")) open.open = false;
      const shown = ui.querySelector(".tq-card");
      if (shown) shown.remove();
    };
    panel.remove = () => {
      if (panel.off) panel.off();
      ui.remove();
    };
    return panel;
  }

  /* Links to our own route, with the address and what is seen; written when they are needed. */
  function takeAway(w, { address, cite, foreign }) {
    const menu = el("details", "tq-menu tq-box");
    const head = menu.appendChild(el("summary", "tq-button tq-wide"));
    head.append(icon("down"), el("span", "", w("take_away")));
    head.setAttribute("aria-label", w("take_away")); // narrow, the words are not shown
    const list = menu.appendChild(el("div", "tq-menu-list"));
    const link = (label, name, written) => {
      const a = list.appendChild(el("a", "", label));
      a.dataset.format = name;
      const fill = () => { a.href = written(); };
      for (const when of ["pointerenter", "pointerdown", "focus", "click"]) a.addEventListener(when, fill);
      menu.addEventListener("toggle", fill);
      return a;
    };
    const file = (format, preset, label) => link(label, preset ? `${format}-${preset}` : format, () => address(format, preset)).setAttribute("download", "");
    list.append(el("h3", "", w("take_pictures")));
    for (const [format, preset] of PICTURES) file(format, preset, w(`take_${preset ? preset.replace("-", "_") : format}`));
    list.append(el("h3", "", w("take_page")));
    file("html", "", w("take_html"));
    list.append(el("h3", "", w("take_tables")));
    for (const format of TABLES.filter((one) => !foreign || !OF_CLAIMS.includes(one))) file(format, "", w(`take_${format}`));
    list.append(el("h3", "", w("cite")));
    for (const format of CITES) {
      const a = link(w(`cite_${format}`), `cite-${format}`, () => cite(format));
      a.target = "_blank";
      a.rel = "noopener";
    }
    return menu;
  }

  function row(list, picture, text) {
    const item = list.appendChild(el("li"));
    item.append(picture, el("span", "", text));
  }

  /* Only what is on the map now: families present, statuses present, and the signs in use. */
  function legend(panel, content) {
    const { legendBox, w, theme } = panel;
    const key = JSON.stringify([content.families.map((f) => f.id), content.statuses.map((s) => s.id), content.flags, content.areas && [content.areas.rows.map((r) => r.text), content.areas.lost]]);
    if (!legendBox || legendBox.dataset.key === key) return;
    legendBox.dataset.key = key;
    const m = parts.marks;
    const head = el("summary", "", w("legend"));
    head.append(icon("fold"));
    const body = el("div", "tq-legend-body");
    body.tabIndex = 0; // where it scrolls, the arrow keys scroll it
    body.setAttribute("role", "group");
    body.setAttribute("aria-label", w("legend"));
    const { flags } = content;
    const section = (title) => {
      body.append(el("h3", "", title));
      return body.appendChild(el("ul"));
    };
    if (content.areas) {
      const { title, rows, lost, note } = content.areas;
      const areas = section(title);
      areas.before(el("p", "tq-note", lost));
      for (const one of rows) row(areas, swatch(one.draw), one.text);
      body.append(el("p", "tq-note", note));
    }
    // what is in no area is said in any case, also while the legend is closed
    const lost = () => panel.say("lost", content.areas && !legendBox.open ? content.areas.lost : "");
    legendBox.ontoggle = lost;
    lost();
    if (content.statuses.length) {
      const list = section(w("legend_centres"));
      for (const s of content.statuses) row(list, swatch((c, x, y) => m.centre(c, theme, [s], x, y, 8.5)), s.label);
      for (const a of content.assessments) row(list, swatch((c, x, y) => m.assessment(c, theme, a.id, x, y)), a.label);
      if (flags.contradicted) row(list, swatch((c, x, y) => m.centre(c, theme, content.pair, x - 2, y + 2, 8)), w("legend_contradicted"));
      if (flags.doubted) row(list, swatch((c, x, y) => { m.centre(c, theme, content.statuses.slice(0, 1), x - 2, y + 2, 8); m.clash(c, theme, x + 4.5, y - 4.5); }), w("legend_doubted"));
    }
    const list = content.families.length || flags.density ? section(w(flags.sets ? "legend_sets" : "legend_events")) : null;
    if (flags.density && flags.sets) {
      for (const f of content.families) row(list, swatch((c, x, y) => m.sign(c, theme, f, x, y, 6, false)), f.label);
      row(list, swatch((c, x, y) => [[-8, 2.6], [-1, 4.4], [8, 6.4]].forEach(([dx, r]) => m.sign(c, theme, content.families[0], x + dx, y, r, false))), w("legend_most"));
    } else if (flags.density) row(list, ramp(theme), w("legend_density"));
    else {
      for (const f of content.families) row(list, swatch((c, x, y) => m.sign(c, theme, f, x, y, 7, false)), f.label);
      const some = content.families.slice(0, 2);
      const many = { r: 8, bead: 2.8, n: 3, radius: 0, families: some.map((family, i) => ({ family, n: i ? 1 : 2, hollow: false })) };
      if (flags.several) row(list, swatch((c, x, y) => m.badge(c, theme, many, x, y + 1, w.number(3))), w("legend_number"));
      if (flags.hollow) row(list, swatch((c, x, y) => m.sign(c, theme, some[0], x, y, 7, true)), w("legend_hollow"));
      if (flags.area) row(list, swatch((c, x, y) => { m.area(c, theme, x, y, 11.5); m.sign(c, theme, some[0], x, y, 5, false); }), w("legend_area"));
      if (flags.clash) row(list, swatch((c, x, y) => { m.sign(c, theme, some[0], x, y, 6, false); m.clash(c, theme, x + 5.5, y - 5.5); }), w("legend_clash"));
    }
    if (content.disputed || content.both) {
      const places = section(w("legend_places"));
      if (content.disputed) row(places, swatch((c, x, y) => parts.disputed.sign(c, theme, { disputed: true }, x, y, 8)), w("legend_disputed"));
      if (content.both) row(places, swatch((c, x, y) => parts.disputed.sign(c, theme, { both: true }, x, y, 8)), w("legend_both"));
    }
    legendBox.replaceChildren(head, body);
  }

  function ramp(theme) {
    return swatch((c) => {
      for (let i = 0; i < 64; i++) {
        c.fillStyle = parts.density.colour(theme, i * 4);
        c.fillRect(i, 8, 1, 10);
      }
    }, 64);
  }

  function scaleBar(node, map, w) {
    const middle = map.getSize().y / 2;
    const wide = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([100, middle]));
    if (!(wide > 0)) return;
    const ten = 10 ** Math.floor(Math.log10(wide));
    const nice = [5, 2, 1].map((n) => n * ten).find((n) => n <= wide);
    node.firstChild.textContent = nice >= 1000 ? w("scale_km", { n: w.number(nice / 1000) }) : w("scale_m", { n: w.number(nice) });
    node.lastChild.style.width = `${Math.round((100 * nice) / wide)}px`;
  }

  /* Show lines ({text, kind}) beside a point of the view, inside the map; null hides them. */
  function tooltip(tip, map, at, lines) {
    tip.hidden = !at;
    if (!at) return;
    tip.replaceChildren(...lines.map(({ text, kind, draw }) => {
      const node = el("div", `tq-tip-${kind}`);
      if (draw) node.append(swatch(draw, 16, 16));
      node.append(el("bdi", "", text));
      return node;
    }));
    const size = map.getSize();
    const [w, h] = [tip.offsetWidth, tip.offsetHeight];
    const x = at.x + 16 + w > size.x ? Math.max(4, at.x - 16 - w) : at.x + 16;
    const y = Math.min(Math.max(4, at.y - h / 2), Math.max(4, size.y - h - 4));
    tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  function safeLink(url) {
    try {
      return ["http:", "https:"].includes(new URL(url).protocol);
    } catch (problem) {
      if (problem instanceof TypeError) return false;
      throw problem;
    }
  }

  /* The details of the standalone page: entries of {title, lang, lines: [[name, value, language]], links}. */
  function card({ w }, ui, entries) {
    const old = ui.querySelector(".tq-card");
    if (old) old.remove();
    if (!entries || entries.length === 0) return;
    const box = ui.appendChild(el("section", "tq-card tq-box"));
    box.setAttribute("aria-label", w("details"));
    box.tabIndex = -1;
    box.append(button("close", w("close"), () => box.remove()));
    for (const entry of entries) {
      const one = box.appendChild(el("article"));
      const title = one.appendChild(el("h3", "", entry.title));
      title.dir = "auto";
      const list = one.appendChild(el("dl"));
      for (const [name, value, lang] of entry.lines) {
        list.append(el("dt", "", name));
        const said = list.appendChild(el("dd", "", value));
        said.dir = "auto";
        if (lang) said.lang = lang;
      }
      const links = one.appendChild(el("ul"));
      for (const source of entry.links) {
        const item = links.appendChild(el("li"));
        const part = item.appendChild(el(safeLink(source.url) ? "a" : "span", "", source.label));
        part.dir = "auto";
        if (part.tagName !== "A") continue;
        part.href = source.url;
        part.target = "_blank";
        part.rel = "noopener noreferrer nofollow";
      }
    }
    for (const name of ["mousedown", "dblclick", "wheel", "touchstart", "click"]) box.addEventListener(name, (e) => e.stopPropagation());
  }

  Object.assign(parts, { panel: { create, el, icon, button, LISTED } });
})(window);
