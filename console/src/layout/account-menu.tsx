import { ActionIcon, Button, Popover, SegmentedControl, Stack, Text } from '@mantine/core';
import { bilingual } from '../bilingual.ts';
import { Icon } from '../parts/icon.tsx';
import { ZoneSelect } from '../parts/zone-select.tsx';
import { usePreferences } from '../preferences/preferences.tsx';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts.ts';

const texts = bilingual({
  en: {
    title: 'Account and display',
    key: 'Signed in with the key',
    scopes: { read: 'read', send: 'send', manage: 'manage' },
    language: 'Language',
    colors: 'Colors',
    auto: 'System',
    light: 'Light',
    dark: 'Dark',
    timezone: 'Times are shown in',
    signOut: 'Sign out',
  },
  zh: {
    title: '账号与显示',
    key: '当前使用的密钥',
    scopes: { read: '读取', send: '发送', manage: '管理' },
    language: '语言',
    colors: '外观',
    auto: '跟随系统',
    light: '浅色',
    dark: '深色',
    timezone: '时间显示所用的时区',
    signOut: '退出登录',
  },
});

const SCOPES = ['read', 'send', 'manage'] as const;

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu() {
  const t = useTexts(texts);
  const { keyName, may, signOut } = useSession();
  const { language, colors, timezone, prefer } = usePreferences();
  return (
    <Popover position="bottom-end" width={300} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t.title} className="account">
          <Icon name="account" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.title}>
        <Stack gap="sm">
          <div>
            <Text size="xs" className="dim">
              {t.key}
            </Text>
            <Text fw={600}>{keyName}</Text>
            <Text size="xs" className="dim">
              {SCOPES.filter(may)
                .map((scope) => t.scopes[scope])
                .join(' · ')}
            </Text>
          </div>
          <SegmentedControl
            aria-label={t.language}
            size="xs"
            fullWidth
            value={language}
            data={[
              { value: 'zh', label: '中文' },
              { value: 'en', label: 'English' },
            ]}
            onChange={(chosen) => prefer({ language: chosen === 'zh' ? 'zh' : 'en' })}
          />
          <SegmentedControl
            aria-label={t.colors}
            size="xs"
            fullWidth
            value={colors}
            data={[
              { value: 'auto', label: t.auto },
              { value: 'light', label: t.light },
              { value: 'dark', label: t.dark },
            ]}
            onChange={(chosen) =>
              prefer({ colors: chosen === 'light' || chosen === 'dark' ? chosen : 'auto' })
            }
          />
          <ZoneSelect
            label={t.timezone}
            size="xs"
            isInside
            value={timezone}
            onChange={(chosen) => prefer({ timezone: chosen })}
          />
          <Button variant="default" onClick={signOut} leftSection={<Icon name="leave" />}>
            {t.signOut}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
