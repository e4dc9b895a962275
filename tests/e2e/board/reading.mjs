// Looking: the morning, from a red cell to the row of the file, the keyboard alone, two clocks, a county's own page, a
// county that is silent.
import { board, complaintsOf, equal, heading, moment, nodes, open, people, verdict, visit } from './browser.mjs';
import { countsOf, duban } from './command.mjs';
import { wire } from './proxy.mjs';

const SHOWN = ['red', 'proposed_red', 'yellow', 'grey', 'blue', 'green', 'undated'];

// {light: count} as the counters of a page say it.
const counters = (page) =>
    page.evaluate(() => Object.fromEntries([...document.querySelectorAll('.counters > div')].map((one) => [one.querySelector('use').getAttribute('href').slice(3), Number(one.querySelector('dd').textContent.replace(/,/g, ''))])));

function sameCounts(name, shown, wanted) {
    equal(name, Object.fromEntries(SHOWN.map((light) => [light, shown[light] || 0])), Object.fromEntries(SHOWN.map((light) => [light, wanted[light] || 0])));
}

const countyCells = (status) => status.cells.filter((cell) => cell.area !== '510800');

export async function morning(browser) {
    const line = await wire(board);
    const context = await visit(browser, '李四', { base: line.base });
    line.counted.requests.length = 0; // the login was no part of it
    const page = await open(context, '/');
    await page.waitForSelector('.matrix tbody tr');
    // The stream is no part of being ready; the tab's icon is fetched when the browser likes.
    const asked = line.counted.requests.filter((url) => !url.startsWith('/api/v1/events') && !url.startsWith('/a/icon'));
    verdict('the overview is ready after five requests', asked.length <= 5 ? null : asked.join(' '));
    const count = await nodes(page);
    verdict('the first view has at most 4,000 nodes', count <= 4000 ? null : count);
    const rows = await page.locator('.matrix tbody tr').count();
    equal('the matrix has 24 tasks', rows, 24);
    const bottom = await page.evaluate(() => document.querySelector('.matrix').getBoundingClientRect().bottom);
    verdict('all of it is seen at 1440 × 900', bottom <= 900 ? null : `it ends at ${bottom}`);
    sameCounts('the counters are those of duban status', await counters(page), countsOf(countyCells(duban('status'))));
    const order = await page.evaluate(() => ['complete', 'decisions', 'changes', 'coming', 'matrix'].map((id) => document.getElementById(id)?.tagName));
    equal('completeness, decisions, changes, what comes, then the matrix', order, ['H2', 'H2', 'H2', 'H2', 'H2']);
    const zero = await page.evaluate(() => [...document.querySelectorAll('.matrix .n')].filter((one) => ['0', '1'].includes(one.textContent)).length);
    equal('a count stands only above 1', zero, 0);
    complaintsOf('morning');
    await context.close();
    line.close();
}

export async function evidence(browser) {
    const context = await visit(browser, '李四');
    const page = await open(context, `/?known_at=${encodeURIComponent(moment)}`);
    let clicks = 0;
    const click = async (what) => {
        clicks++;
        await page.locator(what).first().click();
    };
    await click('.matrix a[href*="/tasks/T08?"][href*="area=510824"]');
    await page.waitForURL('**/tasks/T08?*');
    await click('td.value a[href^="/explain/T08.4/510824"]');
    await page.waitForURL('**/explain/**');
    const source = await page.locator('.events .source', { hasText: '苍溪' }).first().innerText();
    verdict('a red cell leads in three clicks to the row of the file', clicks <= 3 && /苍溪.*\.\w+.*\d/.test(source) ? null : `${clicks} clicks: ${source}`);
    const said = duban('explain', 'T08.4', '510824', '--known-at', moment);
    const first = said.events.filter((event) => event.file).at(-1);
    verdict('it is the row that duban explain names', source.includes(first.file) && source.includes(first.place) ? null : `${source} / ${first.file}${first.place}`);
    const text = await page.locator('main').innerText();
    verdict('the sum is made once more and the chain is proved', text.includes('与库存值相同') && text.includes('哈希链完整') ? null : text.slice(0, 300));
    await page.goBack();
    await page.waitForURL('**/tasks/T08?*');
    verdict('back leads back, the moment goes along', page.url().includes('known_at=') ? null : page.url());
    complaintsOf('evidence');
}

export async function keyboard(browser) {
    const context = await visit(browser, '李四');
    const page = await open(context, '/');
    await page.waitForSelector('.matrix a[tabindex="0"]');
    equal('the matrix is one stop', await page.locator('.matrix a[data-at][tabindex="0"]').count(), 1);
    const focused = () => page.evaluate(() => ({ at: document.activeElement.dataset?.at, text: document.activeElement.textContent.slice(0, 20), cls: document.activeElement.className }));
    await page.keyboard.press('Tab');
    equal('the first stop skips to the content', (await focused()).cls, 'skip');
    let stops = 1;
    while (!(await focused()).at && stops < 120) {
        await page.keyboard.press('Tab');
        stops++;
    }
    const start = (await focused()).at;
    verdict('Tab comes to the matrix', start ? null : `not in ${stops} stops`);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const next = (await focused()).at;
    verdict('arrows move in it', next && next !== start && next.endsWith(',1') ? null : `${start} to ${next}`);
    equal('it is still one stop', await page.locator('.matrix a[data-at][tabindex="0"]').count(), 1);
    const label = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    verdict('a cell says task, county and lights', /，.+区：.+ \d+，共 \d+ 项/.test(label) ? null : label);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/tasks/**');
    await page.waitForFunction(() => document.activeElement?.id === 'finding');
    verdict('Enter opens it and the heading has the focus', null);
    await page.locator('button.moment').focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.classList.contains('moment'));
    verdict('Escape closes a dialog and gives the focus back', null);
    complaintsOf('keyboard');
}

export async function past(browser) {
    const line = await wire(board);
    const context = await visit(browser, '李四', { base: line.base });
    for (const [query, words] of [
        [`known_at=${encodeURIComponent(moment)}`, ['--known-at', moment]],
        ['as_of=2021-09-30', ['--as-of', '2021-09-30']],
        ['as_of=2021-09-30&known_at=2021-10-15', ['--as-of', '2021-09-30', '--known-at', '2021-10-15']],
    ]) {
        const page = await open(context, `/?${query}`);
        const status = duban('status', ...words);
        sameCounts(`${query}: the counters are those of duban status`, await counters(page), countsOf(countyCells(status)));
        const banner = await page.locator('.banner.past').innerText();
        verdict(`${query}: a banner says that it is the past`, banner.includes('这是过去') ? null : banner);
        await page.goto(`${line.base}/areas/510822?${query}`);
        await page.waitForSelector('.figures');
        const shown = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('.figures tbody tr')].map((row) => [row.querySelector('.code').textContent, row.querySelector('.value b')?.textContent.replace(/,/g, '') ?? null])));
        const wanted = status.cells.filter((cell) => cell.area === '510822' && cell.kind !== 'milestone' && cell.value !== null && cell.state !== 'no_task');
        const differ = wanted.filter((cell) => shown[cell.target] !== cell.value).map((cell) => `${cell.target} ${shown[cell.target]} / ${cell.value}`);
        verdict(`${query}: the figures are those of duban status (${wanted.length})`, differ.slice(0, 3).join(', '));
        await page.close();
    }
    equal('the past asks for no live stream', line.counted.streamsEver, 0);
    const page = await open(context, '/areas/510823');
    await page.locator('button.moment').click();
    await page.locator('#m-on').fill('2021-06-30');
    await page.locator('input[name=how][value=now]').check();
    await page.locator('dialog button.primary').click();
    await page.waitForURL('**as_of=2021-06-30*');
    await page.waitForSelector('.banner.past');
    await page.locator('.banner.past button').click();
    await page.waitForFunction(() => !location.search.includes('as_of') && !document.querySelector('.banner.past'));
    verdict('a day is chosen and left again', null);
    complaintsOf('past');
    await context.close();
    line.close();
}

export async function county(browser) {
    const nobody = await visit(browser, null);
    const page = await nobody.newPage();
    await page.goto(`${board}/areas/510823?as_of=2021-09-30`);
    await page.locator('#login-name').fill('剑阁王五');
    await page.locator('#login-password').fill('wrong-password');
    await page.locator('form button.primary').click();
    await page.waitForSelector('#login-problem');
    complaintsOf('a wrong password', /401/);
    await page.locator('#login-password').fill(people['剑阁王五']);
    await page.locator('form button.primary').click();
    await page.waitForSelector('.figures');
    verdict('the link survives the login', page.url().endsWith('/areas/510823?as_of=2021-09-30') && (await heading(page)).startsWith('剑阁县') ? null : page.url());
    await page.goto(`${board}/`);
    await page.waitForSelector('.matrix');
    const columns = await page.locator('.matrix thead th.area').allInnerTexts();
    verdict('a county sees its own column alone', columns.length === 1 && columns[0].includes('剑阁') ? null : columns.join(' '));
    equal('and nothing that waits for release', await page.locator('use[href="#l-proposed_red"]').count(), 0);
    await page.goto(`${board}/areas/510822`);
    await page.waitForSelector('#finding');
    const other = await heading(page);
    await page.goto(`${board}/areas/999999`);
    await page.waitForSelector('#finding');
    equal('another county is told as one that does not exist', other, await heading(page));
    complaintsOf('county', /40[134]/);
}

export async function silence(browser) {
    const context = await visit(browser, '李四');
    const at = `known_at=${encodeURIComponent(moment)}`;
    const page = await open(context, `/?${at}`);
    const first = await heading(page);
    verdict('the heading counts silence', /剑阁县9月数据未到（应10月8日）/.test(first.replace(/\s/g, '')) ? null : first);
    const column = await page.locator('.matrix td.hatch').count();
    verdict('a silent column is hatched', column >= 15 ? null : `${column} cells`);
    equal('and its square on the map', await page.locator('.tiles li.hatch').count(), 1);
    await page.goto(`${board}/areas/510823?${at}`);
    await page.waitForSelector('.figures');
    const words = await heading(page);
    verdict('its page says where the figures stop', words.includes('停在') ? null : words);
    const lit = await page.evaluate(() => [...document.querySelectorAll('.figures tr.stale use')].map((use) => use.getAttribute('href')));
    verdict('no light is green or blue without a report', lit.length && !lit.some((one) => one === '#l-green' || one === '#l-blue') ? null : lit.join(' '));
    complaintsOf('silence');
}
