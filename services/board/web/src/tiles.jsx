// Squares on a grid instead of a map: a county's place is stored with the areas. Above 60 areas a square is a province or
// a city, and holds one mark for each county under it, worst first.
import { number } from './format.js';
import { Brief, Lamp } from './parts.jsx';
import { areaPath, to } from './router.js';
import { t } from './words.js';

function place(areas) {
    const tiled = areas.filter((area) => area.tile);
    const top = Math.min(...tiled.map((area) => area.tile.row));
    const left = Math.min(...tiled.map((area) => area.tile.column));
    return { tiled: [...tiled].sort((a, b) => a.tile.row - b.tile.row || a.tile.column - b.tile.column), style: (area) => ({ gridRow: String(area.tile.row - top + 1), gridColumn: String(area.tile.column - left + 1) }) };
}

export function TileMap({ areas }) {
    const { tiled, style } = place(areas.filter((area) => !area.city));
    if (!tiled.length) return null;
    return (
        <ul class="tiles" aria-label={t('map_label')}>
            {tiled.map((area) => (
                <li key={area.code} style={style(area)} class={area.silence ? 'hatch' : ''}>
                    <a href={to(areaPath(area.code))}>
                        <b>{area.name}</b>
                        {area.silence && (
                            <span class="silent">
                                {t(`q_${area.silence.state}`)}
                                {area.silence.days !== null && area.silence.state === 'offline' ? ` ${t('days', { n: area.silence.days })}` : ''}
                            </span>
                        )}
                        <Brief counts={area.counts} />
                    </a>
                </li>
            ))}
        </ul>
    );
}

const PER_ROW = 15;
function Marks({ marks }) {
    const rows = Math.ceil(marks.length / PER_ROW);
    return (
        <svg class="marks" viewBox={`0 0 ${PER_ROW * 8} ${rows * 8}`} width={PER_ROW * 8} height={rows * 8} aria-hidden="true" focusable="false">
            {marks.map((light, i) => (
                <use key={i} href={`#l-${light}`} x={(i % PER_ROW) * 8} y={Math.floor(i / PER_ROW) * 8} width="8" height="8" />
            ))}
        </svg>
    );
}

export function ProvinceGrid({ areas }) {
    const { tiled, style } = place(areas);
    const grid = tiled.length === areas.length;
    return (
        <ul class={grid ? 'provinces grid' : 'provinces'}>
            {(grid ? tiled : areas).map((area) => {
                const red = area.marks.filter((light) => light === 'red' || light === 'proposed_red').length;
                return (
                    <li key={area.code} style={grid ? style(area) : undefined} class={area.silence ? 'hatch' : ''}>
                        <a href={to('/', { under: area.code })}>
                            <b>{area.short || area.name}</b> <small>{t('province_count', { red: number(red), of: number(area.marks.length) })}</small>
                        </a>
                        <Marks marks={area.marks} />
                        {red > 0 && (
                            <span class="vh">
                                <Lamp of="red" word="hidden" /> {red}
                            </span>
                        )}
                    </li>
                );
            })}
        </ul>
    );
}
