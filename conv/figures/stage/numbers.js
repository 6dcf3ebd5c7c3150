// @ts-check
// How numbers are written, sign for sign as conv/scenes/numbers.py writes them.
//
// Python rounds the exact decimal value of a double and ties to even. toFixed and toExponential
// round ties up, and a double times a power of ten is no longer exact: the digits are cut here.

const MINUS = "−";
const PLAIN = [1e-3, 1e6];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// 17 digits are quick to get. Where they leave open to which side of a tie a double lies, 41 tell.
const QUICK = 16;
const SURE = 40;

// `value` to so many significant digits (15 at most): 228, 0.488, 1.64e−09, 0 for 0 alone.
/** @type {(value: number, digits?: number) => string} */
export function number(value, digits = 3) {
    const size = Math.abs(value);
    if (size === 0 || !Number.isFinite(value)) return zeroOrSpecialText(value);
    if (size < PLAIN[0] || size >= PLAIN[1]) return signed(value, scientificText(size, digits));
    // The exponent after rounding: 9.996 is 10.0.
    const decimals = digits - 1 - roundedExponent(size, digits);
    return signed(value, fixedText(size, Number.isInteger(size) ? 0 : Math.max(0, decimals)));
}

// The numbers of a panel with one power of ten for all of them, {texts, power}; where a cell would
// read as 0 without being 0, each cell has an exponent of its own.
/** @type {(values: ArrayLike<number>) => { texts: string[], power: number }} */
export function cellTexts(values) {
    const sizes = Array.from(values, Math.abs).filter((size) => size > 0 && size < Infinity);
    const whole = sizes.every((size) => Number.isInteger(size) && size < 1e5);
    const top = sizes.length ? exponentOf(Math.max(...sizes), SURE) : 0;
    const power = whole || (-2 < top && top < 4) ? 0 : top;
    const decimals = whole ? 0 : Math.max(0, 2 - (top - power));
    const lost = sizes.length > 0 && roundedTo(Math.min(...sizes), power - decimals) === 0;
    const texts = Array.from(values, (value) => {
        const size = Math.abs(value);
        if (size === 0 || !Number.isFinite(value)) return zeroOrSpecialText(value);
        return signed(value, lost ? scientificText(size, 3) : fixedText(size, decimals, power));
    });
    return { texts, power: lost ? 0 : power };
}

// ×10⁻⁴ for -4.
/** @type {(power: number) => string} */
export function powerText(power) {
    const digits = Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPTS[digit]);
    return `×10${power < 0 ? "⁻" : ""}${digits.join("")}`;
}

// The sum of a * b written out, 228 × 0.488 + 232 × −1.05, the first `most` products of it.
/** @type {(a: ArrayLike<number>, b: ArrayLike<number>, most?: number) => string} */
export function productsText(a, b, most = 9) {
    const terms = Array.from(a).slice(0, most).map((x, i) => `${number(x)} × ${number(b[i])}`);
    return (a.length > most ? [...terms, "…"] : terms).join(" + ");
}

/** @type {(value: number) => string} */
function zeroOrSpecialText(value) {
    if (Number.isNaN(value)) return "NaN";
    return value === 0 ? "0" : signed(value, "∞");
}

/** @type {(value: number, text: string) => string} */
function signed(value, text) {
    return value < 0 ? MINUS + text : text;
}

// size / 10**power with so many decimals: 9.88.
/** @type {(size: number, decimals: number, power?: number) => string} */
function fixedText(size, decimals, power = 0) {
    const digits = String(roundedTo(size, power - decimals)).padStart(decimals + 1, "0");
    const point = digits.length - decimals;
    return decimals ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
}

// The exponent has two digits at least: 1.23e+06, 1.64e−09.
/** @type {(size: number, digits: number) => string} */
function scientificText(size, digits) {
    const exponent = roundedExponent(size, digits);
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${fixedText(size, digits - 1, exponent)}e${exponent < 0 ? MINUS : "+"}${power}`;
}

/** @type {(size: number, places: number) => number} */
function exponentOf(size, places) {
    return Number(size.toExponential(places).split("e")[1]);
}

// The exponent of `size` after rounding to so many significant digits: 1 for 9.996 and 3.
/** @type {(size: number, digits: number) => number} */
function roundedExponent(size, digits) {
    const exponent = exponentOf(size, QUICK);
    return exponent + (roundedTo(size, exponent - digits + 1) === 10 ** digits ? 1 : 0);
}

// How many times 10**unit goes into `size`, rounded, ties to even.
/** @type {(size: number, unit: number, places?: number) => number} */
function roundedTo(size, unit, places = QUICK) {
    const [mantissa, exponent] = size.toExponential(places).split("e");
    const kept = Number(exponent) - unit + 1;
    if (kept < 0) return 0;
    const digits = mantissa[0] + mantissa.slice(2);
    const rest = digits.slice(kept);
    const down = Number(digits.slice(0, kept));
    const half = "5".padEnd(rest.length, "0");
    if (rest !== half) return rest > half ? down + 1 : down;
    return places === SURE ? down + (down % 2) : roundedTo(size, unit, SURE);
}
