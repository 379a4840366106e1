/** Two pictures: beside each other, under a slider, one through the other, or what differs in them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IOutputView } from '../../contract';
import { isInlineImage, isSvgImage, svgImage } from '../../render/inlineImage';
import { joined } from '../../render/registry';
import { useDocument } from '../context';

export const PICTURE_MODES = ['side', 'swipe', 'onion', 'difference'] as const;
export type PictureMode = (typeof PICTURE_MODES)[number];

const FORMS = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/svg+xml'] as const;

/** The address of an output's picture, carried in itself; null where it has none that is shown. */
export function pictureOf(output: IOutputView | undefined): string | null {
  for (const form of FORMS) {
    const value = joined(output?.data?.[form]);
    if (value === '') {
      continue;
    }
    const address = form === 'image/svg+xml' ? svgImage(value) : `data:${form};base64,${value.replace(/\s/g, '')}`;
    if (isInlineImage(address) || isSvgImage(address)) {
      return address;
    }
  }
  return null;
}

/** `names` are those of the two; by default what was before and what is now. */
export function Pictures(props: { old: string; now: string; names?: [string, string] }): React.JSX.Element {
  const { trans } = useDocument();
  const [before, after] = props.names ?? [trans.__('Before'), trans.__('Now')];
  const [mode, setMode] = React.useState<PictureMode>('side');
  const [share, setShare] = React.useState(50);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.key === ']' ? 1 : event.key === '[' ? -1 : 0;
    const count = PICTURE_MODES.length;
    const next = PICTURE_MODES[(PICTURE_MODES.indexOf(mode) + step + count) % count];
    if (step !== 0 && next !== undefined) {
      event.preventDefault();
      setMode(next);
    }
  };
  const style = { '--enb-share': `${share}%` } as React.CSSProperties;
  return (
    <div className="enb-pictures" data-enablement-pictures={mode} onKeyDown={onKeyDown}>
      <div className="enb-pictures-modes" role="group" aria-label={trans.__('How the pictures are compared')}>
        {PICTURE_MODES.map(each => (
          <button
            key={each}
            type="button"
            className="enb-toggle"
            aria-pressed={each === mode}
            data-enablement-action={`pictures-${each}`}
            onClick={() => setMode(each)}
          >
            {modeLabel(each, trans)}
          </button>
        ))}
        {(mode === 'swipe' || mode === 'onion') && (
          <input
            type="range"
            min={0}
            max={100}
            value={share}
            aria-label={mode === 'swipe' ? trans.__('Where “%1” ends', before) : trans.__('How much of “%1”', after)}
            onChange={event => setShare(Number(event.target.value))}
          />
        )}
      </div>
      <div className={`enb-pictures-frame enb-mod-${mode}`} style={style}>
        <figure>
          <img src={props.old} alt={trans.__('The picture: %1', before)} />
          <figcaption>{before}</figcaption>
        </figure>
        <figure>
          <img src={props.now} alt={trans.__('The picture: %1', after)} />
          <figcaption>{after}</figcaption>
        </figure>
      </div>
    </div>
  );
}

function modeLabel(mode: PictureMode, trans: TranslationBundle): string {
  const labels: Record<PictureMode, string> = {
    side: trans.__('Side by side'),
    swipe: trans.__('Swipe'),
    onion: trans.__('Onion skin'),
    difference: trans.__('Difference')
  };
  return labels[mode];
}
