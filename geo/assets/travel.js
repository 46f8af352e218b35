/* A step of a story moves the map: once for each number, also when language or page make another
   frame, whose first call still holds the last step. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const LAST = "tansiq.went";
  const SECONDS = 0.9;
  const still = () => root.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* Remember the number of the last step in the tab; returns whether this one is newer. */
  function newer(layer, number) {
    const around = parts.address.page();
    const kept = (act) => (around ? parts.address.stored(around, act) : null);
    const last = Math.max(layer.went || 0, Number(kept((tab) => tab.getItem(LAST))));
    if (!(number > last)) return false;
    layer.went = number;
    kept((tab) => tab.setItem(LAST, number));
    return true;
  }

  /* Go where a call says: [number, lat and lon in ten thousandths of a degree, zoom times 100]. */
  function follow(layer, go) {
    if (!go || !newer(layer, go[0])) return;
    const { map } = layer;
    const [centre, zoom] = [[go[1] / 1e4, go[2] / 1e4], Math.round(go[3] / 50) / 2];
    layer.asked = [...centre, zoom]; // a frame that is laid out later begins here
    layer.seen.at(centre, zoom);
    layer.address.take();
    if (still() || map.getSize().x === 0) map.setView(centre, zoom, { animate: false });
    else map.flyTo(centre, zoom, { duration: SECONDS });
  }

  Object.assign(parts, { travel: { follow } });
})(window);
