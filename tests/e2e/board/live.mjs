// The live stream: one connection for eight tabs, a leader that goes, a wire that is cut, a wire that only falls silent.
import { board, complaintsOf, equal, open, verdict, visit } from './browser.mjs';
import { until, wire } from './proxy.mjs';

const chips = (pages) => Promise.all(pages.map((page) => page.locator('.chip').innerText()));
const all = (pages, word) => until(async () => (await chips(pages)).every((chip) => chip === word));

export async function tabs(browser) {
    const line = await wire(board);
    const context = await visit(browser, '李四', { base: line.base });
    const pages = [];
    for (const path of ['/', '/alerts', '/feeds', '/areas/510823', '/tasks/T06', '/targets/T06.1', '/', '/alerts']) pages.push(await open(context, path));
    verdict('eight tabs are live', (await all(pages, '实时')) ? null : (await chips(pages)).join(' '));
    equal('they hold one connection', line.counted.streams, 1);
    const before = line.counted.streamsEver;
    const closing = performance.now();
    await pages.shift().close();
    await until(() => line.counted.streamsEver > before && line.counted.streams === 1);
    const took = Math.round(performance.now() - closing);
    verdict('a closed leader is replaced within a second', line.counted.streams === 1 && took <= 1000 ? null : `${took} ms, ${line.counted.streams} streams`);
    line.cut();
    verdict('a lost stream is shown in every tab', (await all(pages, '已断开')) ? null : (await chips(pages)).join(' '));
    const banner = await pages[0].locator('.banner.lost').innerText();
    verdict('and the page says as of when it is', banner.includes('所知') ? null : banner);
    verdict('what was there stays readable', (await pages[0].locator('.panel').count()) > 0 ? null : 'it is gone');
    line.mend();
    verdict('it comes back by itself', (await all(pages, '实时')) ? null : (await chips(pages)).join(' '));
    equal('with one connection', line.counted.streams, 1);
    complaintsOf('tabs', /ERR_|Failed to load resource|fetch/);
    await context.close();
    line.close();
}

export async function fallsSilent(browser) {
    const context = await visit(browser, '李四');
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`${board}/`);
    await page.waitForSelector('.chip.live');
    await page.route('**/api/v1/events', (route) => route.abort());
    await page.clock.fastForward(19500);
    verdict('a stream without a sign of life is lost within 20 s', (await until(async () => (await page.locator('.banner.lost').count()) === 1)) ? null : await page.locator('.chip').innerText());
    complaintsOf('a silent stream', /ERR_FAILED|Failed to load resource/);
}
