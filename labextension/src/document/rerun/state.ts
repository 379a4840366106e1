/** How the version that is read came out when it was run again, kept up to date while somebody looks. */
import * as React from 'react';

import type { IChange, IRerun, IRerunCell } from '../../contract';
import { useTask, type ITask } from '../../hooks';
import type { SubmissionModel } from '../model';

/** Between two questions while one is waiting or running. */
const ASK_AGAIN_MS = 2_500;

export interface IRerunState {
  rerun: IRerun | null;
  /** The verdict of a cell by its id; undefined where there is none. */
  cell: (id: string) => IRerunCell | undefined;
  /** Asking for another run, or cancelling it. */
  task: ITask;
  ask: () => void;
  cancel: () => void;
}

const NONE: IRerunState = {
  rerun: null,
  cell: () => undefined,
  task: { busy: false, error: null, run: () => undefined, clear: () => undefined },
  ask: () => undefined,
  cancel: () => undefined
};

export const RerunContext = React.createContext<IRerunState>(NONE);

export const useRerun = (): IRerunState => React.useContext(RerunContext);

/** What is known of the version's newest run; what fails to load is asked for again with the next message of the service. */
export function useRerunState(model: SubmissionModel): IRerunState {
  const [rerun, setRerun] = React.useState<IRerun | null>(null);
  const { busy, error, run, clear } = useTask();
  const { enablement, number } = model;
  const version = model.version?.number ?? null;
  const asked = React.useRef(0);
  const load = React.useCallback(async () => {
    const turn = ++asked.current;
    if (version === null) {
      return;
    }
    const found = await enablement.client.rerun(number, version).catch((reason: unknown) => {
      console.debug('How the notebook came out when it was run again is not known.', reason);
      return null;
    });
    if (turn === asked.current && found !== null) {
      setRerun(found);
    }
  }, [enablement, number, version]);
  React.useEffect(() => {
    setRerun(null);
    void load();
    const follow = (_: unknown, change: IChange): void => {
      if (change.submission === number) {
        void load();
      }
    };
    const again = (): void => void load();
    enablement.feed.changed.connect(follow);
    enablement.feed.refreshed.connect(again);
    return () => {
      enablement.feed.changed.disconnect(follow);
      enablement.feed.refreshed.disconnect(again);
    };
  }, [enablement, number, load]);
  const waits = rerun?.state === 'queued' || rerun?.state === 'running';
  React.useEffect(() => {
    if (!waits) {
      return;
    }
    const timer = window.setTimeout(() => void load(), ASK_AGAIN_MS);
    return () => window.clearTimeout(timer);
  }, [waits, load, rerun]);
  return React.useMemo(() => {
    const cells = new Map((rerun?.verdict?.cells ?? []).map(cell => [cell.id, cell]));
    const act = (what: 'askRerun' | 'cancelRerun'): void =>
      run(async () => {
        if (version !== null) {
          setRerun(await enablement.client[what](number, version));
        }
      });
    return {
      rerun,
      cell: id => cells.get(id),
      task: { busy, error, run, clear },
      ask: () => act('askRerun'),
      cancel: () => act('cancelRerun')
    };
  }, [rerun, busy, error, run, clear, enablement, number, version]);
}
