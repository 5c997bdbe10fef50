import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { FROM_KERNEL, FROM_PAGE, ON_CONTROL, parse, parseControl } from "../src/protocol.js";

const golden = JSON.parse(await readFile(new URL("../../tests/data/messages.json", import.meta.url), "utf8"));

const typesOf = (messages) => [...new Set(messages.map(({ type }) => type))].sort();

test("every message of the kernel is understood", () => {
  for (const message of golden.to_page) assert.equal(parse(message), message, message.type);
});

test("every message on the control channel is understood", () => {
  for (const message of golden.control_to_page)
    assert.deepEqual(parseControl(JSON.stringify(message)), message, message.type);
});

test("whatever is not a message of the kernel gives null", () => {
  assert.ok(golden.invalid_to_page.length > 0);
  for (const message of golden.invalid_to_page) assert.equal(parse(message), null, JSON.stringify(message));
  for (const content of [
    null,
    undefined,
    7,
    "start",
    [],
    { type: "toString", to: "x" },
    { type: 7, to: "x" },
  ])
    assert.equal(parse(content), null, JSON.stringify(content));
});

test("whatever is not a control message gives null", () => {
  const others = [
    new ArrayBuffer(4),
    null,
    "",
    "{",
    "null",
    "[]",
    JSON.stringify({ type: "ping", sent_ms: 1 }),
    JSON.stringify({ type: "pong", sent_ms: 1 }),
    JSON.stringify({ type: "figures", width: 1, height: 1, frame_rate: 1, age_ms: "6", transport: "direct" }),
  ];
  for (const data of others) assert.equal(parseControl(data), null, String(data));
});

test("every type that the page knows has an example, and the other way around", () => {
  assert.deepEqual(typesOf(golden.to_page), Object.keys(FROM_KERNEL).sort());
  assert.deepEqual(typesOf(golden.control_to_page), Object.keys(ON_CONTROL).sort());
  assert.deepEqual(typesOf(golden.from_page), Object.keys(FROM_PAGE).sort());
});

test("every field that the page reads is in the example, and the other way around", () => {
  for (const { type, ...fields } of golden.to_page)
    assert.deepEqual(Object.keys(fields).sort(), Object.keys(FROM_KERNEL[type]).sort(), type);
  for (const { type, ...fields } of golden.control_to_page)
    assert.deepEqual(Object.keys(fields).sort(), Object.keys(ON_CONTROL[type]).sort(), type);
});

test("every message of a page has exactly its fields", () => {
  for (const { type, client, seq, ...fields } of golden.from_page) {
    assert.equal(typeof client, "string", type);
    assert.equal(typeof seq, "number", type);
    assert.deepEqual(Object.keys(fields).sort(), [...FROM_PAGE[type]].sort(), type);
  }
});
