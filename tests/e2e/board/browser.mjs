// What every journey uses: Debian's chromium by playwright-core, people who are logged in, and a ledger of what went wrong
// in the page: a console error, an uncaught exception, a report of the content security policy, a request to another host.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(new URL('../../../services/board/web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const PATIENCE_MS = 60000;
const settings = JSON.parse(process.env.DUBAN_BROWSER);
export const { board, people, moment } = settings;

let failed = 0;
export function verdict(name, wrong) {
    if (wrong) failed++;
    console.log(wrong ? `not ok ${name}: ${String(wrong).replace(/\s+/g, ' ').slice(0, 600)}` : `ok ${name}`);
    return !wrong;
}
export const equal = (name, is, wanted) => verdict(name, JSON.stringify(is) === JSON.stringify(wanted) ? null : `${JSON.stringify(is)}, wanted ${JSON.stringify(wanted)}`);
export const anyFailed = () => failed > 0;

export const launch = () => chromium.launch({ executablePath: settings.chromium, args: ['--no-sandbox', '--lang=zh-CN', '--font-render-hinting=none'] });

// What is allowed to go wrong while a journey breaks something on purpose.
const complaints = [];
export function complaintsOf(name, allowed = /^$/) {
    const heard = complaints.splice(0).filter((one) => !allowed.test(one));
    verdict(`${name}: no console error, no policy report, no other host`, heard.slice(0, 3).join(' | '));
}

function listen(page, base) {
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
        if (!request.url().startsWith(base) && !/^(data|blob|about):/.test(request.url())) complaints.push(`other host: ${request.url()}`);
    });
}

const cookies = new Map();
async function cookieOf(context, base, name) {
    if (!cookies.has(name)) {
        const answer = await context.request.post(`${base}/api/v1/session`, { data: { name, password: people[name] }, headers: { 'Sec-Fetch-Site': 'same-origin' } });
        if (answer.status() !== 200) throw new Error(`${name} cannot log in: ${answer.status()} ${await answer.text()}`);
        cookies.set(name, /(__Host-duban)=([^;]+)/.exec(answer.headers()['set-cookie']).slice(1, 3));
    }
    return cookies.get(name);
}

// A browser of its own for one person; null = nobody.
export async function visit(browser, name, { base = board, width = 1440, height = 900, ...more } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...more });
    if (name) {
        const [key, value] = await cookieOf(context, base, name);
        await context.clearCookies();
        await context.addCookies([{ name: key, value, domain: '127.0.0.1', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }]);
    }
    context.on('page', (page) => listen(page, base));
    context.base = base;
    return context;
}

export async function open(context, path) {
    const page = await context.newPage();
    await page.goto(context.base + path);
    await page.waitForSelector('#finding');
    return page;
}

// All that the page asked for has come.
export const settled = (page) => page.waitForFunction(() => document.getElementById('finding') && !document.body.innerText.includes('正在读取'));

export const heading = (page) => page.locator('#finding').innerText();
export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
export const nodes = (page) => page.evaluate(() => document.querySelectorAll('*').length);

// DUBAN_PICTURES=FOLDER keeps what a journey looked at, for people to look at, too.
export async function picture(page, name) {
    if (process.env.DUBAN_PICTURES) await page.screenshot({ path: `${process.env.DUBAN_PICTURES}/${name.replace(/[^\w.-]+/g, '_')}.png` });
}

// The whole rule set of WCAG 2.2 A and AA, and axe's best practices.
export async function axe(page) {
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    return violations.map((one) => `${one.id} ${one.nodes.length}: ${one.nodes[0].html.slice(0, 120)}`);
}
