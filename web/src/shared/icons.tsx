import type { ReactNode } from 'react';

/** The icons of the page: 24 units wide, lines of the text's colour. They say nothing by themselves; their buttons have labels. */
const icon = (shape: ReactNode) =>
  function Icon() {
    return (
      <svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        {shape}
      </svg>
    );
  };

export const CopyIcon = icon(<><rect x="9" y="9" width="11" height="11" rx="2.5" /><path d="M5.5 15H5a1.5 1.5 0 0 1-1.5-1.5v-8A1.5 1.5 0 0 1 5 4h8a1.5 1.5 0 0 1 1.5 1.5V6" /></>);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const MenuIcon = icon(<path d="M4 7h16M4 12h16M4 17h10" />);
export const SearchIcon = icon(<><circle cx="11" cy="11" r="6.5" /><path d="m16 16 4 4" /></>);
export const PencilIcon = icon(<path d="M4 20h4L19 9a2.1 2.1 0 0 0-4-1L4 16.5V20Z" />);
export const BinIcon = icon(<path d="M4.5 7h15M10 11v5.5M14 11v5.5M6.5 7l.8 11.2a2 2 0 0 0 2 1.8h5.4a2 2 0 0 0 2-1.8L17.5 7M9 7V5.500A1.5 1.5 0 0 1 10.5 4h3A1.5 1.5 0 0 1 15 5.500V7" />);
export const SendIcon = icon(<path d="M12 19V5.500M6 11.500l6-6 6 6" />);
export const StopIcon = icon(<rect x="7" y="7" width="10" height="10" rx="2" fill="currentColor" stroke="none" />);
export const AgainIcon = icon(<path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.400M19.5 4v4h-4" />);
export const ClockIcon = icon(<path d="M4 12h3l2.5-6 4.5 12 2.5-6H20" />);
export const SunIcon = icon(<><circle cx="12" cy="12" r="4" /><path d="M12 3v1.500M12 19.500V21M3 12h1.500M19.5 12H21M5.6 5.600l1 1M17.4 17.400l1 1M18.4 5.600l-1 1M6.6 17.400l-1 1" /></>);
export const DownIcon = icon(<path d="M12 5v14M6 13l6 6 6-6" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const ChevronIcon = icon(<path d="m9 6 6 6-6 6" />);
export const KeyboardIcon = icon(<><rect x="3" y="6" width="18" height="12" rx="2.5" /><path d="M7 10h.01M11 10h.01M15 10h.01M8 14h8" /></>);
