"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const sources = JSON.parse(document.getElementById("objects").textContent);
  const drawing = document.querySelector("svg.mesh");
  const scroller = document.querySelector("main");
  const panel = document.querySelector("aside");
  const search = document.querySelector("input");
  const count = document.querySelector("output");

  /* The panel: the YAML behind what was picked. */
  let picked = null;
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    picked.classList.remove("picked");
    picked.focus();
    picked = null;
  };
  const open = (part) => {
    if (picked) picked.classList.remove("picked");
    picked = part;
    part.classList.add("picked");
    panel.querySelector("h2").textContent = part.getAttribute("aria-label");
    const places = part.dataset.objects.split(" ").map(Number);
    const folded = places.map((place, index) => {
      const details = document.createElement("details");
      const summary = document.createElement("summary");
      const text = document.createElement("pre");
      summary.textContent = sources[place][0];
      text.textContent = sources[place][1];
      text.tabIndex = 0;
      details.open = index === 0 || places.length < 3;
      details.append(summary, text);
      return details;
    });
    panel.querySelector(".objects").replaceChildren(...folded);
    panel.hidden = false;
    panel.scrollTop = 0;
    part.scrollIntoView({ block: "nearest", inline: "nearest" });
    panel.querySelector("button").focus({ preventScroll: true });
  };
  drawing.addEventListener("click", (event) => {
    const part = event.target.closest(".pick");
    if (part) open(part);
  });
  panel.querySelector("button").addEventListener("click", close);

  /* The search and the buttons of the entrances: what does not match is dimmed, and nothing moves. */
  const apps = all(".app", drawing).map((group) => ({
    group,
    quarter: group.closest(".quarter"),
    text: group.dataset.search,
    taps: all(".tap", group),
  }));
  const quarters = all("g.quarter", drawing);
  const lanes = all(".lane, .door[data-lane]", drawing);
  const isEntry = (app) => app.quarter.dataset.kind === "outside";
  const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;
  const total = [apps.filter((app) => !isEntry(app)).length, apps.filter(isEntry).length];
  const chosen = new Set();
  const dim = (group, wanted) => group.classList.toggle("dimmed", !wanted);

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = words.length > 0 || chosen.size > 0;
    const isChosen = (part) => !chosen.size || chosen.has(part.dataset.lane);
    const matching = apps.filter(
      (app) => words.every((word) => app.text.includes(word)) && (!chosen.size || app.taps.some(isChosen)),
    );
    const met = new Set(matching.flatMap((app) => app.taps.map((tap) => tap.dataset.lane)));
    const spaces = new Set(matching.map((app) => app.quarter));
    for (const app of apps) {
      dim(app.group, matching.includes(app));
      for (const tap of app.taps) dim(tap, isChosen(tap));
    }
    for (const quarter of quarters) quarter.classList.toggle("unmatched", narrowed && !spaces.has(quarter));
    for (const part of lanes) dim(part, !narrowed || (isChosen(part) && met.has(part.dataset.lane)));
    const found = [matching.filter((app) => !isEntry(app)).length, matching.filter(isEntry).length];
    const of = (place, one, many) =>
      narrowed ? `${found[place]} of ${counted(total[place], one, many)}` : counted(total[place], one, many);
    const parts = [of(0, "app", "apps")];
    if (total[1]) parts.push(of(1, "ServiceEntry", "ServiceEntries"));
    count.textContent = parts.join(", ");
    if (words.length && matching.length) matching[0].group.scrollIntoView({ block: "nearest" });
  };

  /* The size: as wide as the window, but no wider than drawn, and then by hand. */
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  let zoom = 1;
  const resize = () => {
    const wide = Math.min(width, Math.max(scroller.clientWidth, 960)) * zoom;
    drawing.style.width = `${wide}px`;
    drawing.style.minWidth = "0";
    drawing.setAttribute("width", wide);
    drawing.setAttribute("height", (wide * height) / width);
  };
  const zoomed = (factor) => {
    zoom = factor === 0 ? 1 : Math.min(3, Math.max(0.4, zoom * factor));
    resize();
  };
  for (const button of all("button[data-zoom]")) {
    button.addEventListener("click", () => zoomed(Number(button.dataset.zoom)));
  }
  window.addEventListener("resize", resize);

  for (const button of all("button[data-lane]")) {
    button.addEventListener("click", () => {
      const lane = button.dataset.lane;
      if (!chosen.delete(lane)) chosen.add(lane);
      button.setAttribute("aria-pressed", String(chosen.has(lane)));
      show();
    });
  }
  search.addEventListener("input", show);

  const theme = document.getElementById("theme");
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (night.matches ? "dark" : "light")) === "dark";
  const named = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    named();
  });
  night.addEventListener("change", named);
  named();

  /* The keyboard: / searches, Escape closes, Enter opens, arrows go from app to app. */
  const step = (from, by) => {
    const names = all(".app:not(.dimmed) .app-name.pick", drawing);
    const row = from.closest(".app");
    const place = row ? names.indexOf(row.querySelector(".app-name")) : by > 0 ? -1 : names.length;
    const next = names[place + by];
    if (!next) return false;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const part = event.target.closest?.(".pick");
    if (event.key === "Escape") {
      if (!panel.hidden) close();
      else if (search.value) {
        search.value = "";
        show();
      }
    } else if (event.key === "/" && event.target !== search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (part && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      open(part);
    } else if ((part || event.target === search) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      if (step(event.target, event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    }
  });
  resize();
  show();
})();
