/* Words, digits and dates of the reader's language, from the catalogue the server sent. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const LANGUAGES = ["en", "ar", "ckb"];
  const DAY = 86400000;

  // only for the case that the catalogue itself could not be fetched
  const BROKEN = {
    en: "The map's words could not be loaded, so nothing is drawn. Reload the page.",
    ar: "تعذّر تحميل نصوص الخريطة، لذلك لا يظهر شيء. أعد تحميل الصفحة.",
    ckb: "دەقەکانی نەخشەکە بار نەبوون، بۆیە هیچ ناکێشرێت. لاپەڕەکە نوێ بکەرەوە.",
  };

  let western = false; // whether the reader wants 0123456789 in every language
  const local = (lang) => lang !== "en" && !western;
  const digits = (text, lang) =>
    local(lang) ? String(text).replace(/[0-9]/g, (d) => String.fromCharCode(0x660 + +d)).replace(/\./g, "٫") : String(text);

  function number(n, lang) {
    const grouped = String(n).replace(/\B(?=(\d{3})+(?!\d))/g, local(lang) ? "٬" : ",");
    return digits(grouped, lang);
  }

  /* Words of one language: `w(key, values)`; a key that is missing shows itself. */
  function speak(catalogue, lang) {
    const ascii = (text) => (western ? text.replace(/[٠-٩]/g, (d) => String(d.charCodeAt(0) - 0x660)) : text);
    const find = (key) => ascii((catalogue || {})[key] || (catalogue || {})[`map.${key}`] || "");
    const w = (key, values) =>
      (find(key) || key).replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? String(values[name]) : whole));
    w.has = (key) => find(key) !== "";
    w.number = (n) => number(n, lang);
    // Sorani has the two forms of English, which browsers do not know of it
    const plural = new Intl.PluralRules(lang === "ckb" ? "en" : lang);
    w.count = (key, n) => w(`${key}.${plural.select(n)}`, { n: w.number(n) });
    /* A day (days since 1970-01-01, UTC) as a long date. */
    w.day = (day) => {
      const date = new Date(day * DAY);
      if (!w.has("date.day")) return digits(date.toISOString().slice(0, 10), lang);
      const month = w(`date.month_${date.getUTCMonth() + 1}`);
      return w("date.day", { day: digits(date.getUTCDate(), lang), month, year: digits(date.getUTCFullYear(), lang) });
    };
    /* A date as it is known: a day, a month or a year (EDTF). */
    w.edtf = (text) => {
      const [year, month, day] = text.split("-").map(Number);
      if (day || !w.has("date.month")) return day ? w.day(Date.UTC(year, month - 1, day) / DAY) : digits(text, lang);
      return month ? w("date.month", { month: w(`date.month_${month}`), year: digits(year, lang) }) : digits(year, lang);
    };
    return w;
  }

  Object.assign(parts, { words: { LANGUAGES, BROKEN, digits, number, speak, write: (kind) => { western = kind === "western"; } } });
})(window);
