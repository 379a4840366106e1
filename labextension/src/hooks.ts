/** React hooks that join components to the clock, to the visible part of the page and to requests. */
import { useCallback, useEffect, useRef, useState } from 'react';

/** The time in ms, moving on every half minute, so that "5 minutes" does not stand still. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 30_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

/** True once the element has come near the visible part of the page; never false again. */
export function useSeen<E extends Element>(): [React.RefObject<E>, boolean] {
  const ref = useRef<E>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (seen || element === null) {
      return;
    }
    const observer = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && setSeen(true), {
      rootMargin: '600px 0px'
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen]);
  return [ref, seen];
}

export interface ITask {
  busy: boolean;
  error: unknown;
  run: (work: () => Promise<void>) => void;
  clear: () => void;
}

/** Runs one request at a time on behalf of a button and keeps its failure for display. */
export function useTask(): ITask {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const run = useCallback((work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    work()
      .catch((reason: unknown) => alive.current && setError(reason))
      .finally(() => alive.current && setBusy(false));
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, clear };
}
