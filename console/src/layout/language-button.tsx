import { Button } from '@mantine/core';
import { usePreferences } from '../preferences/preferences.tsx';

/** Changes to the other language, and is named in it. */
export function LanguageButton() {
  const { language, prefer } = usePreferences();
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      lang={other === 'zh' ? 'zh-CN' : 'en'}
      onClick={() => prefer({ language: other })}
    >
      {other === 'zh' ? '中文' : 'English'}
    </Button>
  );
}
