/* A button that copies the text beside it; where the browser keeps its clipboard to itself, the
   text is selected instead, ready to be copied by hand. */
((root) => {
  "use strict";

  const { document, navigator } = root;
  if (root.tansiqCopies) return; // the page runs its scripts anew with each language
  root.tansiqCopies = true;

  function select(node) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = root.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  document.addEventListener("click", async (e) => {
    const button = e.target.closest && e.target.closest("button.ts-copy");
    const code = button && button.parentElement.querySelector("code");
    if (!code) return;
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = button.dataset.done;
    } catch {
      select(code);
    }
  });
})
