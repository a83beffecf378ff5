// Renders one card the way Teams would and reports what can be judged by program.
window.draw = function (card, theme, width, native) {
  const AC = window.AdaptiveCards;
  window.cardWidth = width;
  document.body.className = theme;
  for (const [type, kind] of Object.entries(window.standins)) {
    AC.GlobalRegistry.elements.unregister(type);
    if (native) AC.GlobalRegistry.elements.register(type, kind);
  }
  const markdown = window.markdownit({ html: false, linkify: false, breaks: false })
    .disable(["heading", "code", "fence", "image", "table", "blockquote", "hr", "lheading", "html_block"]);
  AC.AdaptiveCard.onProcessMarkdown = (text, result) => { result.outputHtml = markdown.render(text); result.didProcess = true; };
  const made = new AC.AdaptiveCard();
  made.hostConfig = new AC.HostConfig(window.hostConfig(theme));
  const context = new AC.SerializationContext();
  made.parse(fitting(card, width), context);
  const warnings = [];
  for (let i = 0; i < context.eventCount; i++) warnings.push(context.getEventAt(i).message);
  const host = document.getElementById("card");
  host.style.width = width + "px";
  host.replaceChildren(made.render());
  const inside = host.getBoundingClientRect();
  const over = [...host.querySelectorAll("*")].filter((node) => {
    const box = node.getBoundingClientRect();
    const cut = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflow === "hidden" && node.tagName !== "SELECT";
    return box.width > 0 && (box.right > inside.right + 1 || cut) && node.tagName !== "OPTION";
  }).map((node) => `${node.tagName} ${node.textContent.slice(0, 40)}`);
  return {
    warnings, over,
    links: [...host.querySelectorAll("a")].map((a) => a.getAttribute("href")),
    images: [...host.querySelectorAll("img")].map((i) => [i.src.slice(0, 60), i.alt]),
    lists: host.querySelectorAll(".ac-textBlock ol, .ac-textBlock ul, .ac-textBlock code, .ac-textBlock s").length,
    text: host.innerText,
  };
};

// Teams leaves out what is meant for wider cards; this renderer does not know of widths. Only "atLeast:Standard" is used.
function fitting(node, width) {
  if (Array.isArray(node)) return node.filter((one) => width >= 350 || !one || one.targetWidth !== "atLeast:Standard").map((one) => fitting(one, width));
  if (!node || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).filter(([key]) => key !== "targetWidth").map(([key, value]) => [key, fitting(value, width)]));
}

window.hostConfig = function (theme) {
  const dark = theme !== "light";
  const ink = dark ? (theme === "contrast" ? "#ffffff" : "#ffffff") : "#242424";
  const quiet = theme === "contrast" ? "#ffffff" : dark ? "#adadad" : "#616161";
  const color = (def, subtle) => ({ default: def, subtle: subtle || def });
  const colors = {
    default: color(ink, quiet), accent: color(dark ? "#9299f7" : "#5b5fc7"), good: color(dark ? "#92c353" : "#13723b"),
    warning: color(dark ? "#f8d22a" : "#835b00"), attention: color(dark ? "#f9526b" : "#c4314b"), dark: color(ink), light: color(ink),
  };
  const style = (background) => ({ backgroundColor: background, foregroundColors: colors });
  const pick = (light, night) => (theme === "contrast" ? "#000000" : dark ? night : light);
  return {
    fontFamily: "'Segoe UI', 'Open Sans', sans-serif",
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 26 },
    spacing: { none: 0, small: 6, default: 8, medium: 14, large: 20, extraLarge: 24, padding: 12 },
    separator: { lineThickness: 1, lineColor: pick("#e0e0e0", "#3d3d3d") },
    supportsInteractivity: true,
    actions: { maxActions: 6, buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left" },
    containerStyles: {
      default: style(pick("#ffffff", "#292929")), emphasis: style(pick("#f5f5f5", "#1f1f1f")), good: style(pick("#e7f2da", "#0d2e0d")),
      warning: style(pick("#fbf6d9", "#463100")), attention: style(pick("#fcf4f6", "#3e1f25")), accent: style(pick("#e8ebfa", "#2f2f4a")),
    },
  };
};
