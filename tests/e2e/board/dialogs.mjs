// Each dialog of a decision: found on the page where the office looks for it; what is missing or wrong is said beside it
// before anything is recorded; the answer says what was recorded and by whom; who comes second is told so; what was
// decided is taken back. Each is looked at by axe, wide and narrow.
import { axe, complaintsOf, open, picture, settled, sideways, verdict, visit } from './browser.mjs';
import { clockReaches, dropFile, duban, minutesPass, taken } from './command.mjs';
import { until } from './proxy.mjs';

const FIRST = '李四';
const SECOND = '管理员';
const submit = (page) => page.locator('dialog[open] button.primary').click();
const outcome = (page) => page.locator('dialog[open] .outcome').innerText();
const trouble = (page) => page.locator('dialog[open] .trouble').innerText();
const sent = async (page) => (await page.locator('dialog[open] .outcome, dialog[open] .trouble').count()) > 0;

async function fill(page, values) {
    for (const [name, value] of Object.entries(values)) {
        const field = page.locator(`dialog[open] #x-${name}`);
        if ((await field.evaluate((one) => one.tagName)) === 'SELECT') await field.selectOption(value);
        else await field.fill(value);
    }
}

const recorded = (name, said, words) => verdict(`${name}: the answer says what was recorded and by whom`, said.includes('已记录') && said.includes(FIRST) && said.includes(words) ? null : said);
const second = (name, said) => verdict(`${name}: who comes second is told so, and how it stands`, said.includes('已有人先办了') && said.split('\n').filter(Boolean).length > 1 ? null : said);

// Opens a page until what is looked for stands on it: what was asked for elsewhere comes within a change.
async function openWith(context, path, where) {
    const page = await open(context, path);
    await page.locator(where.row, { hasText: where.says }).getByRole('button', { name: where.button }).first().waitFor();
    return page;
}
const press = async (page, where) => {
    await page.locator(where.row, { hasText: where.says }).getByRole('button', { name: where.button }).first().click();
    await page.waitForSelector('dialog[open]');
};

// As axe and a narrow window see it; the page comes back to its width. first: what differs from it later is looked at
// by axe in the narrow window alone.
async function look(page, name, wrong, first = false) {
    for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        if (width === 390 || first) for (const one of await axe(page)) wrong.push(`${width}: ${one}`);
        if ((await sideways(page)) > 0) wrong.push(`${width}: it scrolls sideways`);
        const over = await page.evaluate(() => [...document.querySelectorAll('dialog[open]')].some((one) => one.scrollWidth > one.clientWidth));
        if (over) wrong.push(`${width}: wider than the dialog`);
        await picture(page, `${name}-${width}`);
    }
}

// A decision and what can go wrong with it. where: {path, row, says, button}; good: fields; bad: [[fields, the field that
// is wrong, words]…]; says: a part of what is recorded.
async function decide(browser, name, { where, good, bad = [], says, missing = true }) {
    const [context, other] = [await visit(browser, FIRST, { bypassCSP: true }), await visit(browser, SECOND)];
    const [mine, theirs] = [await openWith(context, where.path, where), await openWith(other, where.path, where)];
    await press(mine, where);
    await press(theirs, where);
    const wrong = [];
    await look(mine, name, wrong, true);
    if (missing) {
        await submit(mine);
        const first = await mine.evaluate(() => document.querySelector('dialog[open] :invalid:not(form):not(fieldset)')?.name);
        verdict(`${name}: what is missing is asked for before anything is sent`, first && !(await sent(mine)) ? null : `${first}, ${await sent(mine)}`);
    }
    for (const [fields, field, words] of bad) {
        await fill(mine, { ...good, ...fields });
        await submit(mine);
        const said = await trouble(mine);
        const marked = await mine.locator(`dialog[open] #x-${field}[aria-invalid=true][aria-describedby=x-problem]`).count();
        const there = await mine.evaluate(() => document.activeElement?.id);
        verdict(`${name}: a wrong ${field} is said at the field`, marked === 1 && said.includes(words) && there === `x-${field}` ? null : `${marked} ${there}: ${said}`);
        await look(mine, `${name}-wrong`, wrong);
    }
    await fill(mine, good);
    await submit(mine);
    recorded(name, await outcome(mine), says);
    await look(mine, `${name}-done`, wrong);
    verdict(`${name}: axe and a narrow window find nothing`, wrong.slice(0, 3).join(' | '));
    await fill(theirs, good);
    await submit(theirs);
    second(name, await trouble(theirs));
    await picture(theirs, `${name}-second`);
    await context.close();
    await other.close();
    complaintsOf(name, /409|422/);
}

const REVERSAL = { row: '.events tr', button: '撤销…' };

// What was decided is an event: its page of evidence takes it back.
async function takeBack(browser, name, path, says) {
    const context = await visit(browser, FIRST);
    const where = { ...REVERSAL, says };
    const page = await openWith(context, path, where);
    await press(page, where);
    await fill(page, { reason: '测试结束' });
    await submit(page);
    recorded(`${name}, taken back`, await outcome(page), '');
    await context.close();
    complaintsOf(`${name}, taken back`);
}

// The same with all that can go wrong: once.
async function takeBackOnce(browser, name, path, says) {
    const where = { ...REVERSAL, says };
    const [context, other] = [await visit(browser, FIRST, { bypassCSP: true }), await visit(browser, SECOND)];
    const [mine, theirs] = [await openWith(context, path, where), await openWith(other, path, where)];
    await press(mine, where);
    await press(theirs, where);
    const wrong = [];
    await look(mine, `${name}-reversal`, wrong);
    verdict(`${name}, taken back: axe and a narrow window find nothing`, wrong.slice(0, 3).join(' | '));
    await submit(mine);
    verdict(`${name}, taken back: a reason is asked for`, (await sent(mine)) ? 'it was sent' : null);
    await fill(mine, { reason: '测试结束' });
    await submit(mine);
    recorded(`${name}, taken back`, await outcome(mine), '');
    await fill(theirs, { reason: '测试结束' });
    await submit(theirs);
    second(`${name}, taken back`, await trouble(theirs));
    await context.close();
    await other.close();
    complaintsOf(`${name}, taken back`, /409/);
}

const ASKED = '/explain/T06.4/510824';
function askExtension() {
    if (!duban('extensions').extensions.some((one) => one.target === 'T06.4' && one.area === '510824' && one.state === 'waiting'))
        taken('extension', 'ask', 'T06.4', '510824', '--due', '2022-03-31', '--reason', '用地', '--doc', '苍府〔2022〕1号');
    minutesPass(2);
}

export async function extensionGranted(browser) {
    askExtension();
    const where = { path: '/', row: '.decisions li', says: '延期申请', button: '同意延期…' };
    await decide(browser, 'extension granted', { where, good: { due: '2022-03-31', document: '广改办〔2022〕1号' }, bad: [[{ due: '2021-06-30' }, 'due', '延到的日期']], says: '2022-03-31' });
    await takeBackOnce(browser, 'extension granted', ASKED, '同意延到');
}

// By the keyboard alone: from the page's first stop to the button, through the fields, and back to where one was.
export async function extensionRefused(browser) {
    askExtension();
    const context = await visit(browser, FIRST);
    const page = await openWith(context, '/', { row: '.decisions li', says: '延期申请', button: '不同意…' });
    const here = () => page.evaluate(() => ({ text: document.activeElement.textContent, id: document.activeElement.id, inDialog: Boolean(document.activeElement.closest('dialog')) }));
    const tabTo = async (wanted) => {
        for (let i = 0; i < 150; i++) {
            await page.keyboard.press('Tab');
            if (wanted(await here())) return true;
        }
        return false;
    };
    verdict('by the keyboard: Tab comes to the button', (await tabTo((one) => one.text === '不同意…')) ? null : 'not in 150 stops');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    verdict('by the keyboard: the first field has the focus', (await here()).id === 'x-reason' ? null : JSON.stringify(await here()));
    await page.keyboard.press('Shift+Tab');
    verdict('by the keyboard: the focus stays in the dialog', (await here()).inDialog || (await here()).text === '' || (await page.evaluate(() => document.activeElement === document.body)) ? null : JSON.stringify(await here()));
    await page.locator('#x-reason').focus();
    await page.keyboard.type('没有新的情况');
    await tabTo((one) => one.text === '提交');
    await page.keyboard.press('Enter');
    recorded('by the keyboard: extension refused', await outcome(page), '不同意');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    verdict('by the keyboard: the focus is on the page again', (await page.evaluate(() => document.activeElement !== document.body)) ? null : 'it is lost');
    await context.close();
    complaintsOf('by the keyboard');
    await takeBack(browser, 'extension refused', ASKED, '不同意延期');
}

// 100 % is not closed: the lead checks on the figure's own page, the office verifies from its list.
export async function closeOut(browser) {
    const path = '/explain/T06.1/510823';
    const claimed = duban('closeouts').closeouts.find((one) => one.target === 'T06.1' && one.area === '510823');
    if (claimed.state === 'unclaimed') taken('closeout', 'claim', 'T06.1', '510823', '--doc', '剑府〔2022〕1号');
    minutesPass(2);
    const lead = await visit(browser, '交通赵六', { bypassCSP: true });
    const page = await openWith(lead, path, { row: '.acts', says: '', button: '核查通过…' });
    await press(page, { row: '.acts', says: '', button: '核查通过…' });
    const wrong = [];
    await look(page, 'close-out-check', wrong, true);
    await submit(page);
    const said = await outcome(page);
    verdict('close-out: the lead checks on its own page', said.includes('已记录') && said.includes('交通赵六') && said.includes('牵头核查') ? wrong.join(' | ') : said);
    await lead.close();
    minutesPass(2);
    const where = { path: '/', row: '.decisions li', says: '销号核验 剑阁', button: '核验销号…' };
    await decide(browser, 'close-out verified', { where, good: { document: '广改办〔2022〕2号' }, says: '销号' });
    await takeBack(browser, 'close-out verified', path, '核验通过');
    await takeBack(browser, 'close-out checked', path, '牵头核查通过');
    // Before the lead has checked, the office's list offers the check and not the verification.
    minutesPass(2);
    const office = await visit(browser, FIRST);
    const list = await openWith(office, '/', { row: '.decisions li', says: '销号核验 剑阁', button: '核查通过…' });
    const offered = await list.locator('.decisions li', { hasText: '销号核验 剑阁' }).getByRole('button').allInnerTexts();
    verdict('close-out: what is not checked cannot be verified', offered.includes('核验销号…') ? offered.join(' ') : null);
    await office.close();
    complaintsOf('close-out');
}

export async function muting(browser) {
    const where = { path: '/alerts', row: '.alerts tbody tr', says: '苍溪', button: '暂停提醒…' };
    await decide(browser, 'mute', { where, good: { until: '2022-02-28', reason: '等省里标准' }, bad: [[{ until: '2021-12-01' }, 'until', '截止日期']], says: '2022-02-28' });
    await takeBack(browser, 'mute', '/explain/T06.4/510824', '暂');
}

export async function overriding(browser) {
    const path = '/explain/T04.3/510802';
    const where = { path, row: '.acts', says: '', button: '另定灯…' };
    await decide(browser, 'override', { where, good: { light: 'yellow', until: '2022-02-28', reason: '专班推进' }, bad: [[{ until: '2021-12-01' }, 'until', '截止日期']], says: '黄' });
    const context = await visit(browser, FIRST);
    const page = await open(context, path);
    const words = await page.locator('main').innerText();
    verdict('override: the page says by whom, until when, and the computed light', /李四另定为黄灯，到2月28日：专班推进；计算的灯是正常/.test(words) ? null : words.slice(0, 400));
    await context.close();
    await takeBack(browser, 'override', path, '显示为');
}

// A county corrects downwards without a word: it is held until somebody confirms it.
export async function confirming(browser) {
    const path = '/explain/T04.2/510824';
    const day = '2021-12-31';
    if (!duban('explain', 'T04.2', '510824').events.some((event) => event.standing === 'held')) {
        dropFile('cangxi', '苍溪更正.csv', `指标,地区,数据日期,数值,分子,分母,单位,备注\nT04.2,苍溪县,${day},120,,,名,样例数据\n不存在的指标,苍溪县,${day},3,,,个,样例数据\n`);
        await until(() => minutesPass(1) || duban('explain', 'T04.2', '510824').events.some((event) => event.standing === 'held'));
    }
    const where = { path, row: '.events tr', says: '待核', button: '认可更正…' };
    await decide(browser, 'confirmation', { where, good: { reason: '电话核实' }, says: '确认' });
    await takeBack(browser, 'confirmation', path, '确认');
}

// The last: the clock moves on. The ladder goes on while nobody answers: a draft of a card, which the office signs with a number.
export async function yellowCard(browser) {
    clockReaches('2022-01-27T10:00:00+08:00');
    const where = { path: '/', row: '.decisions li', says: '拟黄牌 青川', button: '发牌…' };
    await decide(browser, 'card', { where, good: { level: 'yellow_card', document: '广改办〔2022〕3号' }, says: '黄牌' });
    const context = await visit(browser, FIRST);
    const page = await open(context, '/alerts');
    await settled(page);
    await takeBack(browser, 'card', '/explain/T06.1/510822', '广改办〔2022〕3号');
    await context.close();
}
