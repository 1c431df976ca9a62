import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { Icon } from './icon.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
}

type Say = (text: string) => void;

const ToastContext = createContext<Say>(() => undefined);

/** So long a line stays; a reader of the screen is told of it at once. */
const SHOWN_MS = 5_000;

/** Shows in a corner what has just been done. Errors are never told here, where they would go by. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const say = useCallback((text: string) => {
    const id = performance.now();
    setToasts((before) => [...before, { id, text }]);
    setTimeout(() => setToasts((before) => before.filter((toast) => toast.id !== id)), SHOWN_MS);
  }, []);
  return (
    <ToastContext value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text }) => (
          <div key={id} className="toast">
            <Icon name="check" /> {text}
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Tells in a line what has been done. */
export function useToast(): Say {
  return useContext(ToastContext);
}
