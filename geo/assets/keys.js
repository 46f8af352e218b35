/* What Streamlit's parts leave undone for whoever types. A popover opened with a key takes the
   focus, and gives it back; a typed date counts with Enter, or when the reader goes on elsewhere.
   Runs in the page, once. */
(function () {
  "use strict";

  const OPENER = "[data-testid=stPopover] button[aria-haspopup=dialog]";
  const BODY = "[data-testid=stPopoverBody]";
  const FIELD = "[data-testid=stDateInputField]";
  const CALENDAR = "[data-testid=stDateInputCalendar]";
  const PATIENCE = 60; // pictures until a popover must be there
  if (document.tansiqKeys) return;
  document.tansiqKeys = true;

  let opener = null;

  /* The popover hangs on the body, far from its button in the order of the keys. */
  const enter = (left) => {
    const body = document.querySelector(BODY);
    if (!body) {
      if (left) requestAnimationFrame(() => enter(left - 1));
      return;
    }
    body.tabIndex = -1;
    body.focus({ preventScroll: true });
  };

  /* Streamlit takes what was typed once the focus has left the field for a place on the page. */
  const take = () => {
    const elsewhere = document.getElementById("ts-voice");
    elsewhere.tabIndex = -1;
    elsewhere.focus({ preventScroll: true });
  };
  const typing = () => document.activeElement && document.activeElement.matches("[role=spinbutton]") && document.activeElement.closest(FIELD);

  document.addEventListener("click", (e) => {
    const button = e.target.closest(OPENER);
    // a click without a place is a key's
    if (!button || e.detail !== 0 || button.getAttribute("aria-expanded") === "true") return;
    opener = button;
    enter(PATIENCE);
  }, true);
  document.addEventListener("keydown", (e) => {
    const field = typing();
    if (field && e.key === "Enter") {
      e.preventDefault();
      e.stopPropagation();
      take();
      field.querySelector("[data-testid=stDateInputCalendarButton]").focus({ preventScroll: true });
    } else if (e.key === "Escape" && opener && document.querySelector(BODY)) {
      const back = opener;
      requestAnimationFrame(() => { if (back.isConnected && !document.querySelector(BODY)) back.focus(); });
    }
  }, true);
  // before a popover around the field hears of it and is gone with what was typed
  window.addEventListener("pointerdown", (e) => {
    const field = typing();
    if (field && !field.contains(e.target) && !e.target.closest(CALENDAR)) take();
  }, true);
})();
