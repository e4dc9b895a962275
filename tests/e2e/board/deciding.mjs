// Deciding: what is recorded, who is second, what is taken back; and a page that changes under somebody's hands.
import { board, complaintsOf, open, verdict, visit } from './browser.mjs';
import { minutesPass } from './command.mjs';
import { until } from './proxy.mjs';

const submit = (page) => page.locator('dialog[open] button.primary').click();
const outcome = (page) => page.locator('dialog[open] .outcome').innerText();

// A decision is an event of the office: its page of evidence can take it back.
async function takeBack(context, path, words) {
    const page = await open(context, path);
    const button = page.locator('.events tr', { hasText: words }).locator('button', { hasText: '撤销' }).first();
    await button.click();
    await page.locator('#x-reason').fill('测试结束');
    await submit(page);
    const said = await outcome(page);
    await page.close();
    return said;
}

export async function release(browser) {
    const [first, second] = [await visit(browser, '李四'), await visit(browser, '管理员')];
    const watcher = await open(first, '/');
    const cell = watcher.locator('.matrix a[href*="/tasks/T06?"][href*="area=510822"]');
    await cell.focus();
    await watcher.evaluate(() => scrollTo(0, 40));
    const [mine, theirs] = [await open(first, '/targets/T06.1?area=510822'), await open(second, '/targets/T06.1?area=510822')];
    for (const page of [mine, theirs]) {
        await page.getByRole('button', { name: '核定…' }).click();
        await page.waitForSelector('dialog[open]');
        await page.locator('#x-reason').fill('专题会议研究');
    }
    await submit(mine);
    const said = await outcome(mine);
    verdict('a release says what was recorded and by whom', said.includes('已记录') && said.includes('李四') ? null : said);
    minutesPass(2);
    await submit(theirs);
    const refused = await theirs.locator('dialog[open] .trouble').innerText();
    verdict('who comes second is told so, with the state now', refused.includes('已有人先办了') ? null : refused);
    const red = await until(async () => /红灯 \d/.test((await cell.getAttribute('aria-label')).replace('红灯待核定', '')));
    verdict('the release is seen live', red ? null : await cell.getAttribute('aria-label'));
    const kept = await watcher.evaluate(() => ({ focus: document.activeElement?.dataset?.at, top: scrollY, said: document.querySelector('[aria-live]')?.textContent }));
    verdict('a refresh keeps focus and scroll, and is spoken', kept.focus && kept.top === 40 && kept.said.includes('数据已更新') ? null : JSON.stringify(kept));
    complaintsOf('release', /409/);
    const back = await takeBack(first, '/explain/T06.1/510822', '核定');
    verdict('the release is taken back', back.includes('已记录') ? null : back);
    complaintsOf('taking back');
}

export async function promise(browser) {
    const context = await visit(browser, '李四');
    const page = await open(context, '/alerts');
    const row = page.locator('.alerts tbody tr', { hasText: '逾期' }).first();
    await row.getByRole('button', { name: '承诺…' }).click();
    await submit(page);
    verdict('what is missing is asked for before anything is sent', (await page.locator('dialog[open] .outcome').count()) === 0 ? null : 'it was sent');
    await page.locator('#x-who').fill('王五');
    await page.locator('#x-by_day').fill('2022-03-31');
    await page.locator('#x-reason').selectOption('施工');
    await page.locator('#x-text').fill('加派施工队伍');
    await submit(page);
    const said = await outcome(page);
    verdict('a promise is recorded with its day', said.includes('已记录') && said.includes('李四') ? null : said);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    complaintsOf('promise');
}

export async function muted(browser) {
    const context = await visit(browser, '看客');
    const page = await open(context, '/alerts');
    verdict('a viewer has nothing to decide', (await page.locator('button.act').count()) === 0 ? null : 'there are buttons');
    await page.goto(`${board}/explain/T06.1/510822`);
    await page.waitForSelector('#finding');
    const text = await page.locator('main').innerText();
    verdict('and nothing is given away before release', /待核定|拟红/.test(text) ? text.slice(0, 200) : null);
    complaintsOf('a viewer');
}
