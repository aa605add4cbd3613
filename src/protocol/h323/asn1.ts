import { MAX_ELEMENTS, type PerReader } from "./per-reader.ts";

/**
 * ASN.1 types (X.680) as functions that read a value of theirs from aligned PER. A type is written down as in its
 * Recommendation, and TypeScript knows what its values look like. Every component may be missing: messages are cut by
 * the snaplen, or wrong; what was read before that stays.
 */
export type Decode<T> = (reader: PerReader) => T;

/** A component that is OPTIONAL. */
export interface Optional<T> {
	readonly optional: Decode<T>;
}
type Component = Decode<unknown> | Optional<unknown>;
type Components = Readonly<Record<string, Component>>;
type Alternatives = Readonly<Record<string, Decode<unknown>>>;
type ValueOf<C> = C extends Optional<infer T> ? T : C extends Decode<infer T> ? T : never;
type Values<C> = { readonly [K in keyof C]?: ValueOf<C[K]> | undefined };
/** What a type's decoder gives. */
export type ValueFor<D> = D extends Decode<infer T> ? T : never;

export function optional<T>(decode: Decode<T>): Optional<T> {
	return { optional: decode };
}

/** A type that is not read: what comes behind it cannot be found, save where it is an open type. */
export const unread: Decode<undefined> = (reader) => {
	reader.failed = true;
	return undefined;
};

/** NULL: what counts is that it is there. */
export const nothing: Decode<true> = () => true;

export const boolean: Decode<boolean> = (reader) => reader.bit();

export function integer(min: number, max: number): Decode<number> {
	return (reader) => reader.whole(min, max);
}

/** OCTET STRING (17), aligned; without bounds it comes behind a length determinant. */
export function octets(min?: number, max = min): Decode<Uint8Array> {
	return (reader) => {
		const length = sizeOf(reader, min, max);
		const start = reader.bytes(length);
		return reader.failed ? reader.data.subarray(0, 0) : reader.data.subarray(start, start + length);
	};
}

/** OBJECT IDENTIFIER (24): its contents as BER has them. */
export const objectIdentifier = octets();

function sizeOf(reader: PerReader, min: number | undefined, max: number | undefined): number {
	return min === undefined || max === undefined ? reader.length() : reader.whole(min, max);
}

/** Character strings of a known multiplier (30): `width` bits each, and the alphabet where it is not that of the code. */
function characters(width: number, min?: number, max?: number, alphabet?: string): Decode<string> {
	return (reader) => {
		const length = sizeOf(reader, min, max);
		let text = "";
		if (length > 0) reader.align();
		for (let i = 0; i < length && !reader.failed; i++) {
			const code = reader.bits(width);
			if (!reader.failed) text += alphabet === undefined ? String.fromCharCode(code) : (alphabet[code] ?? "");
		}
		return text;
	};
}

export function ia5String(min?: number, max?: number): Decode<string> {
	return characters(8, min, max);
}

export function bmpString(min?: number, max?: number): Decode<string> {
	return characters(16, min, max);
}

/** IA5String (FROM ("0123456789#*,")): 4 bits each, numbered in the order of their codes. */
export function digitString(min: number, max: number): Decode<string> {
	return characters(4, min, max, "#*,0123456789");
}

/** SEQUENCE OF or SET OF. */
export function listOf<T>(decode: Decode<T>, min?: number, max?: number): Decode<T[]> {
	return (reader) => {
		const length = sizeOf(reader, min, max);
		const list: T[] = [];
		if (length > MAX_ELEMENTS) reader.failed = true;
		for (let i = 0; i < length && !reader.failed; i++) {
			const value = decode(reader);
			if (isWhole(reader, value)) list.push(value);
		}
		return list;
	};
}

/**
 * SEQUENCE (19). @param additions those behind the extension marker, as far as they matter; undefined where the type has
 * no marker.
 */
export function sequence<R extends Components, A extends Alternatives = Record<never, never>>(
	root: R,
	additions?: A,
): Decode<Values<R> & Values<A>> {
	const components = Object.entries(root);
	const optionals = components.filter(([, component]) => typeof component !== "function").length;
	const extensions = additions && Object.entries(additions);
	return (reader) => {
		const values: Record<string, unknown> = {};
		const isExtended = extensions !== undefined && reader.bit();
		let present = reader.bits(optionals) << (32 - optionals);
		for (const [name, component] of components) {
			if (reader.failed) break;
			const decode = typeof component === "function" ? component : present < 0 ? component.optional : undefined;
			if (typeof component !== "function") present <<= 1;
			if (decode) put(values, name, reader, decode);
		}
		if (isExtended && !reader.failed) readAdditions(reader, extensions, values);
		return values as Values<R> & Values<A>;
	};
}

/** Whether a value is one: of what the message broke off in, only the parts before that are. */
function isWhole(reader: PerReader, value: unknown): boolean {
	return !reader.failed || (typeof value === "object" && !(value instanceof Uint8Array));
}

function put(values: Record<string, unknown>, name: string, reader: PerReader, decode: Decode<unknown>): void {
	const value = decode(reader);
	if (value !== undefined && isWhole(reader, value)) values[name] = value;
}

function readAdditions(
	reader: PerReader,
	additions: readonly [string, Decode<unknown>][],
	values: Record<string, unknown>,
): void {
	const count = reader.small() + 1;
	if (count > MAX_ELEMENTS) reader.failed = true;
	const present: boolean[] = [];
	for (let i = 0; i < count && !reader.failed; i++) present.push(reader.bit());
	for (let i = 0; i < present.length && !reader.failed; i++) {
		if (!present[i]) continue;
		const inside = reader.open();
		const addition = additions[i];
		if (addition) put(values, addition[0], inside, addition[1]);
	}
}

/**
 * CHOICE (23): the chosen alternative's value under its name; nothing for an alternative that is not listed.
 * @param additions as for {@link sequence}.
 */
export function choice<R extends Alternatives, A extends Alternatives = Record<never, never>>(
	root: R,
	additions?: A,
): Decode<Values<R> & Values<A>> {
	const alternatives = Object.entries(root);
	const extensions = additions && Object.entries(additions);
	return (reader) => {
		const values: Record<string, unknown> = {};
		const isAddition = extensions !== undefined && reader.bit();
		const index = isAddition ? reader.small() : reader.whole(0, alternatives.length - 1);
		if (!isAddition && index >= alternatives.length) reader.failed = true;
		const chosen = reader.failed ? undefined : (isAddition ? extensions : alternatives)[index];
		const inside = isAddition ? reader.open() : reader;
		if (chosen) {
			const value = chosen[1](inside);
			values[chosen[0]] = isWhole(inside, value) ? value : undefined;
		}
		return values as Values<R> & Values<A>;
	};
}

/** Alternatives or components that are all of one type. */
export function each<T, N extends string>(decode: Decode<T>, ...names: readonly N[]): Readonly<Record<N, Decode<T>>> {
	return Object.fromEntries(names.map((name) => [name, decode])) as Readonly<Record<N, Decode<T>>>;
}

/** Alternatives of type NULL. */
export function nulls<N extends string>(...names: readonly N[]): Readonly<Record<N, Decode<true>>> {
	return each(nothing, ...names);
}

/** Name of the alternative that a CHOICE took. */
export function chosen(value: object | undefined): string | undefined {
	return value && Object.keys(value)[0];
}
