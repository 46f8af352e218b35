/* What is said about an event or a centre: lines of a tooltip, entries of a card. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});

  function statusLines({ looks, ids, span, beside, clash, age }, w) {
    const lines = [looks.map((look) => look.label).join(" / ")];
    if (ids.length > 1) lines.push(w("contradicted"));
    lines.push(...beside.map((one) => one.label));
    if (clash && clash.length) lines.push(w("contradicted_in", { fields: clash.join(w("comma")) }));
    if (span && span.confirmed != null) {
      const date = span.told ? w.edtf(span.told) : w.day(span.confirmed);
      lines.push(age > 0 ? w("confirmed_ago", { date, ago: w.count("unit.days", age) }) : w("confirmed", { date }));
    }
    return lines;
  }

  /* Lines of a tooltip; a name that is still being fetched shows as "…". `sign(event)` gives
     the painter of its sign. */
  function tip(centre, known, count, w, { broken, sign }) {
    const lines = [];
    if (centre) {
      lines.push({ kind: "title", text: centre.one.label });
      for (const text of statusLines(centre, w)) lines.push({ kind: "note", text });
    }
    const places = new Set(known.map((one) => (one ? one.place : "")));
    if (!broken && places.size === 1 && known[0]) lines.push({ kind: "title", text: known[0].place });
    if (broken) lines.push({ kind: "note", text: w("error_details") });
    else for (const one of known) {
      lines.push({ kind: "event", text: one ? one.title : "…", draw: one && sign(one) });
      if (one && one.date && known.length < 3) lines.push({ kind: "note", text: one.date });
    }
    if (!broken && count > known.length) lines.push({ kind: "note", text: w("more", { n: w.number(count - known.length) }) });
    return lines;
  }

  const linesOf = (pairs) => pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");

  function eventEntry(one, w) {
    const sources = Array.isArray(one.sources) ? one.sources : [];
    const count = typeof one.sources === "number" ? w.number(one.sources) : "";
    return {
      title: one.title || one.id,
      lines: linesOf([
        [w("field_date"), one.date], [w("field_basis"), one.basis, "en"], [w("field_place"), one.place], [w("field_type"), one.type],
        [w("field_precision"), one.precision], [w("field_note"), one.note], [w("field_sources"), count],
      ]),
      links: sources.map((s) => ({ url: s.url || "", label: [s.publisher, s.title].filter(Boolean).join(": ") || s.id || s.url })),
    };
  }

  function centreEntry(centre, w) {
    const [status, ...notes] = statusLines(centre, w);
    return {
      title: centre.one.label,
      lines: linesOf([[w("field_status"), status], ...notes.map((text) => ["", text]), [w("field_place"), centre.one.place_label]]),
      links: [],
    };
  }

  const plain = (title) => ({ title, lines: [], links: [] });

  Object.assign(parts, { texts: { tip, eventEntry, centreEntry, plain } });
})(window);
