/** What mail servers refuse, command by command, as incidents of the sessions. */
import { describe, expect, it } from "vitest";
import { analyse } from "../../support/analyse.ts";
import { Connection, Scene } from "../../support/scene.ts";

/** `> ` is the client's line, `< ` the server's; the incidents of the connection. */
function noted(port: number, ...lines: readonly string[]): string[] {
	const scene = new Scene();
	const connection = new Connection(scene, "10.0.0.2:50000", `10.0.0.1:${port}`);
	for (const line of lines) connection.say(line.startsWith("> ") ? "client" : "server", `${line.slice(2)}\r\n`);
	const { sessions } = analyse(scene.frames);
	sessions.finish();
	return sessions.incidents.of(0).map(({ kind, detail, count }) => `${kind} ${count}: ${detail}`);
}

const GREETED = ["< 220 mail.example ESMTP", "> EHLO pbx", "< 250 mail.example"];
const refused = (text: string) => noted(25, ...GREETED, "> MAIL FROM:<a@b>", `< ${text}`);

describe("a refusal of SMTP", () => {
	it.each([
		["550 no", "550 no"],
		["550 5.7.1 Relaying denied", "550 Relaying denied"],
		["550 Mailbox is full.", "550 Mailbox is full"],
		["550 one two three four five six", "550 one two three four"],
		["550 User  unknown   here!", "550 User unknown here"],
		["550 mail.host is not here", "550 mail.host is not here"],
		["550 User <a@b> unknown", "550 User"],
		["452 4.2.2 quota of 100 MB", "452 quota of"],
		["550 5.7.1", "550"],
	])("%s is told by its first words without what varies", (text, expected) => {
		expect(refused(text)).toEqual([`smtp-error 1: MAIL FROM was answered ${expected}`]);
	});

	it("is one incident for all that are alike", () => {
		const again = ["> MAIL FROM:<a@b>", "< 550 5.1.8 no such sender <a@b>"];
		expect(noted(25, ...GREETED, ...again, ...again, "> MAIL FROM:<a@b>", "< 550 5.1.8 no such sender <c@d>")).toEqual([
			"smtp-error 3: MAIL FROM was answered 550 no such sender",
		]);
	});

	it("of a command is told with it; one that nobody asked for without, where nothing was said before", () => {
		expect(noted(25, ...GREETED, "> MAIL FROM:<a@b>", "< 421 closing down")).toEqual([
			"smtp-error 1: MAIL FROM was answered 421 closing down",
		]);
		expect(noted(25, ...GREETED, "< 421 idle for long")).toEqual([]);
		expect(noted(25, "< 421 too many connections")).toEqual(["smtp-error 1: 421 too many connections"]);
	});

	it("of DATA follows from one before, and is told where there was none", () => {
		const data = ["> DATA", "< 503 nobody to send to"];
		expect(noted(25, ...GREETED, ...data)).toEqual(["smtp-error 1: DATA was answered 503 nobody to send to"]);
		expect(noted(25, ...GREETED, "> RCPT TO:<c@d>", "< 550 no", ...data)).toEqual([
			"smtp-error 1: RCPT TO was answered 550 no",
		]);
	});

	it("is told of the command that it answers, also behind many sent ahead", () => {
		const ahead = Array.from({ length: 40 }, (_, n) => `RCPT TO:<${n}@d>`);
		const answers = ahead.map(() => "250 ok");
		expect(
			noted(25, ...GREETED, `> ${[...ahead, "NOOP"].join("\r\n")}`, `< ${[...answers, "500 what"].join("\r\n")}`),
		).toEqual(["smtp-error 1: NOOP was answered 500 what"]);
	});
});

describe("mail in clear", () => {
	it("is told once of SMTP, and nothing more of the client then", () => {
		expect(noted(25, ...GREETED, "> DATA", "< 354 go on", "> AUTH LOGIN", "< 535 no")).toEqual([
			"starttls-missing 1: mail",
			expect.stringMatching(/^smtp-error 1: /),
		]);
	});

	it("ends what is looked for of IMAP: both sides carry it", () => {
		const login = ["< * OK IMAP4rev1 ready", "> a1 LOGIN u p", "< a1 OK in"];
		const [fetch, refusal] = ["> a3 FETCH 1 BODY[]", "< a4 NO no such box"];
		expect(noted(143, ...login, "> a4 SELECT x", refusal)).toEqual([
			"starttls-missing 1: user and password",
			expect.stringMatching(/^imap-error 1: SELECT was answered NO/),
		]);
		expect(noted(143, ...login, fetch, "> a4 SELECT x", refusal)).toEqual(["starttls-missing 1: user and password"]);
	});
});
