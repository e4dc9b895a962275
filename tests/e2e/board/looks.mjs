// How it looks to whom: on paper, narrow, enlarged, in forced colours, without colours, without motion; axe on every page.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { axe, board, complaintsOf, moment, open, settled, sideways, verdict, visit } from './browser.mjs';
import { apart, luminance } from './png.mjs';

const AT = `known_at=${encodeURIComponent(moment)}`;
export const PAGES = ['/', '/areas', '/areas/510823', '/tasks', '/tasks/T06', '/tasks/T07', '/units/市交通运输局', '/targets/T06.1?area=510822', '/targets/T05.1', '/alerts', '/alerts?state=resolved', '/feeds', '/feeds/F139', '/feeds/F98', '/explain/T06.1/510822', '/explain/T06.1/510800'];
const past = (path) => path + (path.includes('?') ? '&' : '?') + AT;

async function printed(page) {
    const folder = mkdtempSync(join(tmpdir(), 'duban-print-'));
    const file = join(folder, 'page.pdf');
    writeFileSync(file, await page.pdf({ preferCSSPageSize: true, printBackground: false }));
    const info = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
    const pages = Number(/Pages:\s+(\d+)/.exec(info)[1]);
    const size = /Page size:\s+([\d.]+) x ([\d.]+)/.exec(info).slice(1).map(Number);
    const sheets = Array.from({ length: pages }, (_, i) => execFileSync('pdftotext', ['-f', String(i + 1), '-l', String(i + 1), '-layout', file, '-'], { encoding: 'utf8' }).replace(/\s+/g, ''));
    rmSync(folder, { recursive: true });
    return { pages, size, sheets };
}

export async function print(browser) {
    const context = await visit(browser, '李四');
    for (const [path, most] of [
        ['/', 1],
        ['/targets/T06.1?area=510822', 2],
        ['/areas/510823', 3],
    ]) {
        const page = await open(context, past(path));
        await settled(page);
        const { pages, size, sheets } = await printed(page);
        verdict(`print of ${path}: at most ${most} sheets`, pages <= most ? null : pages);
        verdict(`print of ${path}: A4 landscape`, size[0] > 841 && size[0] < 843 && size[1] > 594 && size[1] < 597 ? null : size.join('×'));
        const bare = sheets.findIndex((text) => !/截至2021年10月11日/.test(text) || !/计划第1版/.test(text) || !/规则2021-1/.test(text));
        verdict(`print of ${path}: as-of, plan and rule version on each sheet`, bare < 0 ? null : `sheet ${bare + 1}: ${sheets[bare].slice(-200)}`);
        if (path === '/') verdict('the printed overview has its matrix and its finding', sheets[0].includes('提升基层应急管理能力') && sheets[0].includes('剑阁县9月数据未到') ? null : sheets[0].slice(0, 300));
        await page.close();
    }
    complaintsOf('print');
}

// 320 px as on the smallest phone; 720 px is what is left of 1440 at 200 %.
export async function narrow(browser) {
    const context = await visit(browser, '李四');
    const page = await context.newPage();
    const wide = { 320: [], 720: [] };
    for (const path of PAGES) {
        await page.goto(board + past(path));
        await settled(page);
        for (const width of [320, 720]) {
            await page.setViewportSize({ width, height: 600 });
            const over = await sideways(page);
            if (over > 0) wide[width].push(`${path} ${over}`);
        }
    }
    verdict('320 px: no page scrolls sideways', wide[320].join(', '));
    verdict('200 %: no page scrolls sideways', wide[720].join(', '));
    complaintsOf('narrow');
}

// Pictures of the seven shapes of the legend.
async function shapes(page) {
    const found = {};
    for (const lamp of await page.locator('.main .legend .lamp').all()) found[await lamp.locator('use').getAttribute('href')] = luminance(await lamp.screenshot());
    return found;
}

function closest(found) {
    const names = Object.keys(found);
    let least = [Infinity, ''];
    for (const a of names)
        for (const b of names)
            if (a < b) {
                const distance = found[a].length === found[b].length ? apart(found[a], found[b]) : 255;
                if (distance < least[0]) least = [distance, `${a} ${b}`];
            }
    return least;
}

export async function colours(browser) {
    const context = await visit(browser, '李四', { deviceScaleFactor: 2 });
    const page = await open(context, past('/'));
    const tools = await context.newCDPSession(page);
    for (const [vision, media] of [
        ['achromatopsia', 'screen'],
        ['achromatopsia', 'print'],
        ['deuteranopia', 'screen'],
        ['protanopia', 'screen'],
    ]) {
        await tools.send('Emulation.setEmulatedVisionDeficiency', { type: vision });
        await page.emulateMedia({ media });
        const found = await shapes(page);
        const [least, which] = closest(found);
        verdict(`${vision}, ${media}: all seven shapes are apart`, Object.keys(found).length === 7 && least > 8 ? null : `${Object.keys(found).length} shapes, ${which} ${least.toFixed(1)}`);
    }
    await tools.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' });
    await page.emulateMedia({ media: 'screen', forcedColors: 'active' });
    const [least, which] = closest(await shapes(page));
    verdict('forced colours: the shapes stay apart', least > 8 ? null : `${which} ${least.toFixed(1)}`);
    await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'reduce' });
    const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0 || getComputedStyle(one).animationName !== 'none').length);
    verdict('reduced motion: nothing moves', moving === 0 ? null : `${moving} elements`);
    complaintsOf('colours');
}

export async function access(browser) {
    const context = await visit(browser, '李四', { bypassCSP: true });
    const wrong = { 1440: [], 390: [] };
    const look = async (page, name) => {
        for (const width of [1440, 390]) {
            await page.setViewportSize({ width, height: 900 });
            for (const one of await axe(page)) wrong[width].push(`${name} ${one}`);
        }
    };
    const page = await context.newPage();
    for (const path of PAGES) {
        await page.goto(board + path);
        await settled(page);
        await look(page, path);
    }
    await page.goto(board + past('/'));
    await settled(page);
    await look(page, 'the past');
    await page.locator('button.moment').click();
    await look(page, 'a dialog');
    for (const width of [1440, 390]) verdict(`axe at ${width} px: no violation on ${PAGES.length + 2} pages`, wrong[width].slice(0, 4).join(' | '));
    await page.close();
    const nobody = await visit(browser, null, { bypassCSP: true });
    const door = await nobody.newPage();
    await door.goto(`${board}/alerts`);
    await door.waitForSelector('#login-name');
    verdict('axe: no violation on the login', (await axe(door)).join(' | '));
    complaintsOf('access', /401/);
}

// The catalogue as the page has it: every key in both languages, with the same places to fill in.
function catalogueWrong() {
    const source = readFileSync(new URL('../../../services/board/web/src/words.js', import.meta.url), 'utf8');
    const table = new Function(`return ${/const WORDS = (\{[\s\S]*?\n\});/.exec(source)[1]}`)();
    const places = (text) => [...new Set(text.match(/\{\w+\}/g) || [])].sort().join(' ');
    const keys = source.match(/^ {4}'?[\w-]+'?: \[/gm).map((line) => line.trim());
    const twice = keys.filter((key, i) => keys.indexOf(key) !== i);
    const wrong = Object.entries(table).filter(([, pair]) => pair.length !== 2 || !pair.every((text) => typeof text === 'string' && text) || places(pair[0]) !== places(pair[1]));
    return [...twice, ...wrong.map(([key]) => key)];
}

// In English: what a county, a plan or an alert said stays as it was, and says that it is Chinese; nothing else is.
const SAID = '.said, bdi, caption, .brand small, .group, h1, th.area, .tiles b, .crumbs, option, .account, h2[id^=g]';
async function chinese(page) {
    return page.evaluate((said) => {
        const found = new Set();
        const walk = document.createTreeWalker(document.getElementById('board'), NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const { parentElement: at, textContent: text } = walk.currentNode;
            if (/[\u4e00-\u9fff]/.test(text) && !at.closest(said) && !at.closest('a[href]') && !at.closest('[lang="zh-CN"]')) found.add(text.trim().slice(0, 24));
        }
        return [...found];
    }, SAID);
}

const NAMED = /^[\u4e00-\u9fff]{2,6}[县区市局委办]|公里|^unit: /; // names and units of the plan
export async function words(browser) {
    verdict('both languages have every key, with the same places', catalogueWrong().join(' '));
    const context = await visit(browser, '李四');
    const left = [];
    const page = await context.newPage();
    for (const path of PAGES) {
        await page.goto(`${board}${past(path)}&lang=en`);
        await page.waitForSelector('#finding');
        await page.waitForFunction(() => !document.body.innerText.includes('Loading'));
        const text = `${await page.locator('#finding').innerText()} ${await page.locator('nav').first().innerText()} ${await page.locator('footer').last().innerText()}`;
        if (!/[A-Za-z]{4}/.test(text) || (await page.evaluate(() => document.documentElement.lang)) !== 'en') left.push(`${path}: ${text}`);
        const labels = await page.locator('h2:not([id^=g]), thead th:not(.area), dt, .tag, .chip, .tabs a, button:not(.account), summary').allInnerTexts();
        left.push(...[...labels, ...(await chinese(page))].filter((one) => /[\u4e00-\u9fff]/.test(one) && !NAMED.test(one)).map((one) => `${path}: ${one}`));
    }
    verdict(`English by ?lang=en: headings, states, lights and kinds of ${PAGES.length} pages`, [...new Set(left)].slice(0, 12).join(' | '));
    await page.close();
    const dated = await open(context, '/targets/T05.5?known_at=2021-10-11');
    const due = await dated.locator('.facts-line').innerText();
    verdict('a date of another year carries its year', due.includes('2023年12月31日') ? null : due);
    complaintsOf('words');
}
