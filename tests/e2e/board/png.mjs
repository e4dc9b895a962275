// Reads a screenshot: 8-bit RGB or RGBA without interlace, as chromium writes them. Gives the luminance of each pixel.
import { inflateSync } from 'node:zlib';

function chunks(bytes) {
    const found = { IDAT: [] };
    for (let at = 8; at < bytes.length; ) {
        const size = bytes.readUInt32BE(at);
        const kind = bytes.toString('latin1', at + 4, at + 8);
        const data = bytes.subarray(at + 8, at + 8 + size);
        if (kind === 'IDAT') found.IDAT.push(data);
        else found[kind] = data;
        at += 12 + size;
    }
    return found;
}

const paeth = (a, b, c) => {
    const [da, db, dc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    return da <= db && da <= dc ? a : db <= dc ? b : c;
};

function unfilter(raw, width, height, each) {
    const out = Buffer.alloc(width * height * each);
    const row = width * each;
    for (let y = 0; y < height; y++) {
        const filter = raw[y * (row + 1)];
        for (let x = 0; x < row; x++) {
            const a = x >= each ? out[y * row + x - each] : 0;
            const b = y ? out[(y - 1) * row + x] : 0;
            const c = y && x >= each ? out[(y - 1) * row + x - each] : 0;
            const add = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
            out[y * row + x] = raw[y * (row + 1) + 1 + x] + add;
        }
    }
    return out;
}

export function luminance(png) {
    const found = chunks(png);
    const [width, height] = [found.IHDR.readUInt32BE(0), found.IHDR.readUInt32BE(4)];
    const each = found.IHDR[9] === 6 ? 4 : 3;
    const bytes = unfilter(inflateSync(Buffer.concat(found.IDAT)), width, height, each);
    const out = new Float64Array(width * height);
    for (let i = 0; i < out.length; i++) out[i] = 0.2126 * bytes[i * each] + 0.7152 * bytes[i * each + 1] + 0.0722 * bytes[i * each + 2];
    return out;
}

// How far two pictures of one size are apart: the mean difference of luminance, 0 to 255.
export const apart = (left, right) => left.reduce((sum, value, i) => sum + Math.abs(value - right[i]), 0) / left.length;
