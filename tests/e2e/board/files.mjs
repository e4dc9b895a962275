// From the feeds to one file and its rows; lists in pages.
import { board, complaintsOf, heading, open, settled, verdict, visit } from './browser.mjs';
import { duban } from './command.mjs';

export async function file(browser) {
    const files = duban('feeds').files;
    const refused = files.find((one) => one.refused > 0 && one.taken > 0);
    const [told] = duban('feeds', refused.id).files;
    const context = await visit(browser, '李四');
    const page = await open(context, `/feeds?after=F${Number(refused.id.slice(1)) + 1}`);
    await page.getByRole('link', { name: refused.file, exact: true }).click();
    await page.waitForURL(`**/feeds/${refused.id}`);
    await page.waitForSelector('#refused');
    const words = await heading(page);
    verdict('the page of a file says what was taken, held and refused', words === `${told.file}：收 ${told.taken + told.unchanged}，待核 ${told.held}，退 ${told.refused}` ? null : words);
    const rows = await page.locator('section[aria-labelledby=refused] tbody tr').allInnerTexts();
    const later = { no: '还没有重报', taken: '已收', refused: '又退', gone: '没有再退', unknown: '看不出' };
    const differ = told.refusals.filter((one, i) => !rows[i]?.includes(one.place) || !rows[i].includes(one.text) || !rows[i].includes(later[one.again.state]));
    verdict('each refused row: where, why, and whether it came again', rows.length === told.refusals.length ? differ.map((one) => one.place).join(' ') : `${rows.length} rows`);
    const figures = await page.locator('section[aria-labelledby=taken] tbody tr').allInnerTexts();
    const lost = told.figures.filter((one, i) => !figures[i]?.includes(one.place) || !figures[i].includes(one.target) || !figures[i].includes(one.words));
    verdict(`each of ${told.figures.length} figures that were taken: from which row, and whether it counts`, figures.length === told.figures.length ? lost.map((one) => one.place).join(' ') : `${figures.length} rows`);
    await page.locator('section[aria-labelledby=taken] th a').first().click();
    await page.waitForURL('**/explain/**');
    verdict('a figure leads on to its events', null);
    const again = files.find((one) => one.refused > 0 && one.again?.file);
    await page.goto(`${board}/feeds/${again.id}`);
    await page.waitForSelector('#refused');
    await page.locator('section[aria-labelledby=refused] tbody a').first().click();
    await page.waitForURL(`**/feeds/${again.again.file}`);
    verdict('what came again leads to the file in which it did', null);
    await page.goto(`${board}/feeds/F999999`);
    await settled(page);
    verdict('a file that is not there is said so', (await heading(page)).includes('没有') ? null : await heading(page));
    complaintsOf('a file', /404/);
}

// The sample's year has few refused rows: pages of them are put together here, by the document's own next link.
export async function pages(browser) {
    const context = await visit(browser, '李四');
    const asked = [];
    await context.route('**/api/v1/quarantine*', async (route) => {
        const after = new URL(route.request().url()).searchParams.get('after');
        asked.push(after);
        const answer = await route.fetch({ url: `${board}/api/v1/quarantine` });
        const row = (i) => ({ stream: 'cangxi', unit: '苍溪县', seq: i, known_at: '2021-10-11T08:30:00+08:00', code: 9, field: 'target', hint: '没有这个指标', raw_bytes: 10, target: null, area: null, figure: '1', file: '苍溪.csv', place: `:${i}`, value: '1' });
        const first = after ? 60 : 0;
        await route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ ...(await answer.json()), quarantine: Array.from({ length: after ? 5 : 60 }, (_, i) => row(first + i)), next: after ? null : '/api/v1/quarantine?after=1633912200000-3-60' }) });
    });
    const page = await open(context, '/feeds');
    const panel = page.locator('section[aria-labelledby=quarantine]');
    await panel.getByRole('link', { name: '下一页' }).click();
    await page.waitForURL('**/feeds?quarantine=*');
    await panel.locator('tbody tr').nth(4).waitFor();
    const text = await panel.innerText();
    verdict('refused rows come in pages, with the place of each', (await panel.locator('tbody tr').count()) === 5 && text.includes('苍溪.csv:64') && asked.includes('1633912200000-3-60') ? null : `${asked.join(' ')} ${text.slice(0, 200)}`);
    await panel.getByRole('link', { name: '回到第一页' }).click();
    await page.waitForURL((url) => !url.search.includes('quarantine'));
    await page.goto(`${board}/alerts`);
    await settled(page);
    const tab = await page.locator('.tabs a', { hasText: '已了结' }).innerText();
    verdict('the alerts that are over are counted', Number(/\d+/.exec(tab)?.[0]) > 0 ? null : tab);
    complaintsOf('pages');
}
