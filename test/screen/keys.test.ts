import { EventEmitter } from "node:events";
import { emitKeypressEvents } from "node:readline";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Keypress, keyName } from "../../src/screen/keys.ts";

/** The names of what a terminal sends. */
async function keysOf(bytes: string): Promise<(string | undefined)[]> {
	const input = new PassThrough();
	emitKeypressEvents(input);
	const keys: (string | undefined)[] = [];
	input.on("keypress", (text: string | undefined, key: Keypress) => keys.push(keyName(text, key)));
	input.end(bytes);
	await EventEmitter.once(input, "end");
	return keys;
}

describe("keys", () => {
	it.each([
		["q", ["q"]],
		["G", ["G"]],
		["/é日", ["/", "é", "日"]],
		["\r", ["enter"]],
		["\n", ["enter"]],
		["\t", ["tab"]],
		["\x1b[Z", ["backtab"]],
		["\x7f", ["backspace"]],
		["\b", ["backspace"]],
		["\x03", ["ctrl-c"]],
		["\x1a", ["ctrl-z"]],
		["\x0c", ["ctrl-l"]],
		["\x15", ["ctrl-u"]],
		["\x1b[A\x1bOB", ["up", "down"]],
		["\x1b[5~\x1b[6~", ["pageup", "pagedown"]],
		["\x1b[H\x1b[F\x1b[1~\x1b[4~", ["home", "end", "home", "end"]],
		["\x1bOP", ["?"]],
		[" ", [" "]],
	])("%j is %j", async (bytes, expected) => {
		expect(await keysOf(bytes)).toEqual(expected);
	});

	it("that have no meaning have no name", async () => {
		expect(await keysOf("\x1bx")).toEqual([undefined]);
		expect(keyName("\u202e", { name: undefined })).toBeUndefined();
		expect(keyName("\u0301", {})).toBeUndefined();
	});

	it("never become text that acts", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, ctrl) => {
				expect(keyName(text, { ctrl, sequence: text }) ?? "").not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
			}),
		);
	});
});
