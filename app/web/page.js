// Presses on buttons inside answers become signals to the server; tips, the panel of sources, copying
// and saving are done here. Everything else is the server's.
(() => {
  const ICON_MS = 1500;
  const byId = (id) => document.getElementById(id);
  const send = (name, value) =>
    document.dispatchEvent(new CustomEvent(`footnote:${name}`, { detail: { value } }));

  // Tips: one is shown at a time, near its mark and within the page.
  let tip = null;
  function showTip(mark) {
    const name = [...mark.classList].find((one) => one.startsWith("of-tip-"));
    const found = name && byId(name.slice(3));
    if (!found || found === tip) return;
    hideTip();
    tip = found;
    tip.classList.add("shown");
    mark.setAttribute("aria-describedby", tip.id);
    const at = mark.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left - 16), innerWidth - size.width - 8);
    const above = at.top - size.height - 8;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
  }
  function hideTip() {
    if (tip) tip.classList.remove("shown");
    tip = null;
  }
  const markOf = (node) =>
    node.closest?.(".tipped") || node.closest?.(".statement")?.querySelector(".why.tipped");

  // The panel of sources: open as long as the body says so; closing gives the focus back.
  let opener = null;
  function close() {
    document.body.classList.remove("reading", "listing");
    const back = opener && document.querySelector(`button[name="source"][value="${opener}"]`);
    if (back) back.focus({ preventScroll: true });
    opener = null;
  }
  const settled = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  function lookAt(panel, block) {
    settled(() => {
      panel?.querySelector("h2")?.focus({ preventScroll: true });
      const hit = panel?.querySelector("mark");
      if (hit) hit.scrollIntoView({ block });
      else panel?.scrollTo?.({ top: 0 });
    });
  }

  function copied(button) {
    const said = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = said), ICON_MS);
  }
  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https a page has no clipboard of its own.
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    copied(button);
  }

  function rename(button) {
    const open = button.closest("li").querySelector(".open");
    const field = document.createElement("input");
    field.value = open.firstChild.textContent;
    field.setAttribute("aria-label", "New name");
    open.replaceWith(field);
    field.select();
    let done = false;
    const finish = (keep) => {
      if (done) return;
      done = true;
      field.replaceWith(open);
      if (keep) send("renamed", `${button.value}:${field.value}`);
      else open.focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") finish(true);
      if (event.key === "Escape") finish(false);
    });
    field.addEventListener("blur", () => finish(true));
  }

  const here = {
    copy: (button) => copy(button.nextElementSibling.value, button),
    copylink: (button) => copy(location.origin + location.pathname + button.value, button),
    close,
    why: () => {},
    talk: (button) => {
      byId("ask").inert = true;
      send("talk", button.value);
    },
    list: () => document.body.classList.toggle("listing"),
    rename,
    forget: (button) => {
      // Deleting asks once, where the finger already is.
      if (button.classList.contains("sure")) return send("forget", button.value);
      button.classList.add("sure");
      button.textContent = "Delete?";
      button.addEventListener("blur", () => button.classList.remove("sure"), { once: true });
    },
    source: (button) => {
      hideTip();
      if (!button.closest("#source")) opener = button.value;
      send("source", button.value);
    },
  };

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("button.do");
      if (!button) return;
      event.preventDefault();
      event.stopPropagation();
      const act = here[button.name];
      if (act) act(button);
      else send(button.name, button.value);
    },
    true,
  );
  document.addEventListener("mouseover", (event) => {
    const mark = markOf(event.target);
    if (mark) showTip(mark);
    else if (!event.target.closest?.(".tip")) hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const mark = event.target.closest?.(".tipped");
    if (mark) showTip(mark);
    else hideTip();
  });
  document.addEventListener("scroll", hideTip, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest?.("input, textarea, [contenteditable]")) {
      event.preventDefault();
      window.footnote.ask();
    }
    if (event.key !== "Escape") return;
    if (tip) hideTip();
    else if (document.body.classList.contains("reading")) close();
    else document.querySelector("#question .stop-button")?.click();
  });

  // Light or dark: the system's, unless the user said otherwise.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function dress() {
    const chosen = localStorage.getItem("footnote.looks") || "system";
    const now = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
    document.documentElement.classList.toggle("dark", now === "dark");
    document.documentElement.classList.toggle("light", now === "light");
    if (document.body && document.body.classList.contains("dark") !== (now === "dark")) {
      document.body.classList.toggle("dark", now === "dark");
    }
  }
  dark.addEventListener("change", dress);
  dress();

  function owner() {
    const known = localStorage.getItem("footnote.owner");
    if (known) return known;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const made = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem("footnote.owner", made);
    return made;
  }

  // Until another conversation is on the page, nothing can be asked of the one that goes.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#new")) byId("ask").inert = true;
  });

  window.footnote = {
    known: () => JSON.stringify({ owner: owner(), talk: sessionStorage.getItem("footnote.talk") }),
    reveal: () => {
      document.body.classList.add("reading");
      lookAt(byId("source"), "center");
    },
    read: () => {
      if (document.querySelector("#reading h2")) lookAt(byId("reading"), "center");
    },
    leave: () => {
      close();
      byId("ask").inert = false;
      window.footnote.ask();
    },
    ask: () => settled(() => document.querySelector("#question textarea")?.focus()),
    looks: (looks) => {
      localStorage.setItem("footnote.looks", looks);
      dress();
    },
    chosenLooks: () => localStorage.getItem("footnote.looks") || "system",
    save: (file) => {
      if (!file) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([file.text], { type: "text/plain" }));
      link.download = file.name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
  };

  // Gradio repeats a message's source in its label; what is read aloud should be what is shown.
  let asked = 0;
  let talk = null;
  new MutationObserver(() => {
    if (document.body) dress();
    for (const message of document.querySelectorAll("[aria-label*='<div']")) {
      message.removeAttribute("aria-label");
    }
    for (const zone of document.querySelectorAll("#drop button[aria-label]")) {
      zone.removeAttribute("aria-label");
    }
    const now = document.querySelector("#rail [data-talk]")?.dataset.talk;
    if (now && now !== talk) sessionStorage.setItem("footnote.talk", now);
    const questions = document.querySelectorAll("#conversation .asked");
    // A new question moves to the top; another conversation is shown from where it ends.
    if (questions.length > asked) {
      questions[questions.length - 1].scrollIntoView({ block: "start" });
    }
    asked = questions.length;
    talk = now || talk;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
