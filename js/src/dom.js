/**
 * Elements, buttons and icons, each made in one line.
 */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]>} properties
 * @param {...Node} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...Node} children
 */
export function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Strokes on a ground of 24×24. */
const ICONS = {
  start: "M8 5.5v13l10.5-6.5z",
  stop: "M7 7h10v10H7z",
  camera: "M3.5 7.5h11v9h-11zM14.5 11l6-3v8l-6-3",
  cameraOff: "M3.5 7.5h11v9h-11zM14.5 11l6-3v8l-6-3M4 20 20 4",
  devices: "M12 3.5a6 6 0 1 0 .01 0M12 7.5a2 2 0 1 0 .01 0M12 15.5v4M7.5 20h9",
  microphone:
    "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4M6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3",
  microphoneOff:
    "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4M6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3M4 20 20 4",
  mirror: "M12 4v16M9 8l-5.5 8H9zM15 8l5.5 8H15z",
  still: "M4 8h4l1.5-2.5h5L16 8h4v10.5H4zM12 10a3 3 0 1 0 .01 0",
  pictureInPicture: "M3.5 6h17v12h-17zM12.5 12h6v4.5h-6z",
  fullScreen: "M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15",
  figures: "M4 18.5 9 12l4 3.5 7-9M4 5v14.5h16",
  pause: "M8 6v12M16 6v12",
  loop: "M17 3.5 20 6.5l-3 3M4 11V9a2.5 2.5 0 0 1 2.5-2.5H20M7 20.5l-3-3 3-3M20 13v2a2.5 2.5 0 0 1-2.5 2.5H4",
  sound: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  soundOff: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM4 20 20 4",
  dismiss: "M6.5 6.5l11 11M17.5 6.5l-11 11",
};

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const filled = name === "start" || name === "stop";
  return svg(
    "svg",
    { viewBox: "0 0 24 24", "aria-hidden": "true", fill: filled ? "currentColor" : "none" },
    svg("path", { d: ICONS[name] }),
  );
}

/**
 * A button that shows an icon and says its name.
 * @param {keyof typeof ICONS} sign
 * @param {string} label
 * @param {{ className?: string, key?: string }} [more] `key` is its shortcut, which whoever listens for keys has to heed
 */
export function iconButton(sign, label, { className = "", key = "" } = {}) {
  const button = element("button", { type: "button", className: `rtcw-icon ${className}`.trim() });
  if (key) button.setAttribute("aria-keyshortcuts", key);
  button.append(icon(sign));
  rename(button, label);
  return button;
}

/**
 * @param {HTMLElement} button
 * @param {string} label what a screen reader says, and a pointer that rests
 */
export function rename(button, label) {
  if (button.getAttribute("aria-label") === label) return;
  button.setAttribute("aria-label", label);
  const key = button.getAttribute("aria-keyshortcuts");
  button.title = key ? `${label} (${key})` : label;
}

/**
 * @param {HTMLElement} button
 * @param {keyof typeof ICONS} sign
 */
export function resign(button, sign) {
  if (button.dataset.sign === sign) return;
  button.dataset.sign = sign;
  button.replaceChildren(icon(sign));
}
