/* Where the layer's data comes from: fetched once from our own routes, or kept in the page. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});

  const fetched = (url, read) =>
    root.fetch(url, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
      return answer[read]();
    });

  /* As `fetched`, but a refusal says why: in the words of its sentence. */
  const answered = (url) =>
    root.fetch(url, { credentials: "same-origin" }).then((answer) => {
      if (answer.ok) return answer.arrayBuffer();
      return answer.json().catch(() => ({})).then(({ error }) => {
        throw Object.assign(new Error(`${answer.status} for ${url}`), { said: error });
      });
    });

  function pictured(url) {
    const image = new Image();
    image.src = url;
    return image.decode().then(() => image);
  }

  /* Remember at most `most` answers; the oldest goes first. */
  function remember(map, key, make, most) {
    if (!map.has(key)) {
      const made = make();
      map.set(key, made);
      made.catch(() => map.delete(key)); // a failure may pass: ask again next time
      if (map.size > most) map.delete(map.keys().next().value);
    }
    return map.get(key);
  }

  /* Where data comes from: our own routes, or the standalone page itself. */
  function of({ base, version, lang, digits, inline }) {
    const v = encodeURIComponent(version);
    if (!inline) {
      return {
        meta: () => fetched(`${base}/meta/${v}/${lang}.json`, "json"),
        columns: () => fetched(`${base}/columns/${v}.bin`, "arrayBuffer"),
        mask: (digest) => fetched(`${base}/mask/${v}/${encodeURIComponent(digest)}.bin`, "arrayBuffer"),
        spans: (known) => fetched(`${base}/spans/${v}/${known}.json`, "json"),
        areas: (digest) => fetched(`${base}/boundaries/${encodeURIComponent(digest)}.json`, "json"),
        placed: (digest) => fetched(`${base}/placed/${v}/${encodeURIComponent(digest)}.bin`, "arrayBuffer"),
        counts: (view, digest, [from, to]) => fetched(`${base}/counts/${v}/${view}/${encodeURIComponent(digest)}.json?${new URLSearchParams({ from, to })}`, "json"),
        view: (digest, [from, to], window) => answered(`${base}/view/${v}/${encodeURIComponent(digest)}.bin?${new URLSearchParams({ from, to, ...window, lang, digits })}`),
        basemap: (name) => (/\.json$/.test(name) ? fetched(`${base}/basemap/${name}`, "json") : pictured(`${base}/basemap/${name}`)),
        detail: (row, known) => fetched(`${base}/event/${row}.json?version=${v}&lang=${lang}&digits=${digits}${known >= 0 ? `&known=${known}` : ""}`, "json"),
        fonts: { 400: `${base}/assets/IBMPlexSansArabic-Regular.ttf`, 700: `${base}/assets/IBMPlexSansArabic-Bold.ttf` },
      };
    }
    const given = (value, name) => (value === undefined ? Promise.reject(new Error(`${name} is not in this page`)) : Promise.resolve(value));
    return {
      meta: () => given(inline.meta, "meta"),
      columns: () => given(inline.columns, "columns").then(parts.columns.fromBase64),
      mask: (digest) => given((inline.masks || {})[digest], "mask").then(parts.columns.fromBase64),
      areas: (digest) => given((inline.areas || {})[digest], "boundaries"),
      placed: (digest) => given((inline.placed || {})[digest], "placed").then(parts.columns.fromBase64),
      spans: () => Promise.resolve(null), // the page was made of what was known on its day
      basemap: (name) => given((inline.basemap || {})[name], name).then((file) => (typeof file === "string" ? pictured(file) : file)),
      detail: (row) => given((inline.details || [])[row], `event ${row}`),
      fonts: inline.fonts || null,
    };
  }

  Object.assign(parts, { sources: { of, remember } });
})(window);
