// Clicking a marker opens its source and shows the quoted sentence; a new question moves to the top.
(() => {
  const FLASH_MS = 1600;

  function show(source) {
    const card = source.closest("details");
    const number = source.textContent.trim();
    if (!card) return;
    card.open = true;
    const quotes = [...card.querySelectorAll(`mark.q${number}`)];
    (quotes[0] || card).scrollIntoView({ behavior: "smooth", block: "center" });
    for (const quote of quotes) {
      quote.classList.add("shown");
      setTimeout(() => quote.classList.remove("shown"), FLASH_MS);
    }
    card.querySelector("summary").focus({ preventScroll: true });
  }

  document.addEventListener(
    "click",
    (event) => {
      const marker = event.target.closest && event.target.closest("a.cite");
      if (!marker) return;
      event.preventDefault();
      event.stopPropagation();
      const source = document.getElementById(marker.getAttribute("href").slice(1));
      if (source) show(source);
    },
    true,
  );

  // Gradio repeats a message's source in its label; what is read aloud should be what is shown.
  function relabel(node) {
    for (const message of node.querySelectorAll("[aria-label*='<div']")) {
      message.removeAttribute("aria-label");
    }
  }

  let asked = 0;
  new MutationObserver(() => {
    relabel(document.body);
    const questions = document.querySelectorAll("#conversation .asked");
    if (questions.length > asked) {
      questions[questions.length - 1].scrollIntoView({ behavior: "smooth", block: "start" });
    }
    asked = questions.length;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
