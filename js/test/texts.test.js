import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { CARDS, MICROPHONE_CARDS, SOURCE_CARDS, SOURCE_WORDS, TEXTS } from "../src/texts.js";

const ALL = [CARDS, MICROPHONE_CARDS, ...Object.values(SOURCE_CARDS)].flatMap(Object.entries);

const read = (path) => readFile(new URL(path, import.meta.url), "utf8");

test("every card says what happened in a sentence", () => {
  for (const [name, { sentence }] of ALL) assert.match(sentence, /^[A-Z].*\.$/, name);
});

test("every card but the kernel's own says what to do", () => {
  for (const [name, { remedy }] of ALL) if (name !== "kernel") assert.match(remedy, /^[A-Z].*\.$/, name);
});

test("every card has a known button or none", () => {
  for (const [name, { action }] of ALL)
    assert.ok(["start", "choose", "pattern", "reload", null].includes(action), name);
});

test("every refusal that Python has an exception for has a card", async () => {
  const python = await read("../../rtcwidgets/errors.py");
  const table = python.match(/^_CAPTURE_ERRORS[^=]*= \{\n(.*?)^\}/ms)?.[1] ?? "";
  const names = [...table.matchAll(/^ {4}"(\w+)": \(/gm)].map(([, name]) => name);
  assert.ok(names.includes("NotAllowedError"), "errors.py has another form now");
  for (const name of names) assert.ok(Object.hasOwn(CARDS, name), name);
});

test("every card that a session shows is there", async () => {
  const session = await read("../src/session.js");
  const names = [...session.matchAll(/card: "(\w+)"|#fail\("(\w+)"/g)].map(
    ([, card, failed]) => card ?? failed,
  );
  assert.ok(names.length > 5);
  assert.ok(Object.hasOwn(SOURCE_CARDS.screen, "offered"));
  for (const name of names) assert.ok(name === "offered" || Object.hasOwn(CARDS, name), name);
});

test("a card about the microphone takes the place of one about the camera, and never says camera first", () => {
  for (const [name, { sentence }] of Object.entries(MICROPHONE_CARDS)) {
    assert.ok(Object.hasOwn(CARDS, name), name);
    assert.match(sentence, /microphone/, name);
    assert.doesNotMatch(sentence, /camera/, name);
  }
});

test("every refusal of a source that Python has an exception for has a card of that source", async () => {
  const python = await read("../../rtcwidgets/widgets/wording.py");
  const tables = [...python.matchAll(/^\w+ = Wording\(\n {4}name="(\w+)",\n(.*?)^\)/gms)];
  const named = tables.map(([, source]) => source);
  assert.deepEqual(
    named,
    ["camera", "microphone", "screen", "file", "widget"],
    "wording.py has another form now",
  );
  for (const [, source, table] of tables.slice(1)) {
    const names = [...table.matchAll(/^ {8}"(\w+)": \(/gm)].map(([, name]) => name);
    const cards = Object.keys(SOURCE_CARDS[source]);
    const ofTheView = ["offered", "idle", "stopped", "offline", "other"];
    assert.deepEqual(cards.filter((card) => !ofTheView.includes(card)).sort(), names.sort(), source);
  }
});

test("what is no camera is never called one", () => {
  const words = [...Object.entries(SOURCE_CARDS), ...Object.entries(SOURCE_WORDS)];
  for (const [source, said] of words)
    if (source !== "camera") assert.doesNotMatch(JSON.stringify(said), /camera/i, source);
  for (const source of Object.keys(SOURCE_CARDS))
    for (const card of ["idle", "stopped", "offline", "ended", "other"])
      assert.ok(Object.hasOwn(SOURCE_CARDS[source], card), `${source} takes ${card} from the camera`);
});

test("every way to lose a connection has a card", async () => {
  const link = await read("../src/link.js");
  const names = [...new Set([...link.matchAll(/"(connection|codec)"/g)].map(([, name]) => name))];
  assert.deepEqual(names.sort(), ["codec", "connection"]);
  for (const name of names) assert.ok(Object.hasOwn(CARDS, name), name);
});

test("every state of a session has a word in the view", async () => {
  const status = await read("../src/status.js");
  const states = status.match(/@typedef \{([^}]*)\} State$/m)?.[1] ?? "";
  const names = [...states.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual([...Object.keys(TEXTS.state), "asking"].sort(), names.sort());
  for (const { asking } of Object.values(SOURCE_WORDS)) assert.ok(asking);
});
