import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { fewerGrammars } from './fewer-grammars.ts';
import { githubSlug } from './github-slug.ts';
import { BASE, linksOut } from './links-out.ts';
import { navigation } from './navigation.ts';
import { PUBLISHED, publishedFiles } from './published-files.ts';
import { search } from './search.ts';

/** Where the API of `npm run dev` is. */
const API = process.env['QINGNIAO_URL'] ?? 'http://127.0.0.1:3000';
const proxy = { '/v1': { target: API, changeOrigin: true } };

export default defineConfig({
  title: '青鸟 Qingniao',
  description: '小程序订阅消息服务 · WeChat subscribe messages from your own AWS account',
  base: BASE,
  cleanUrls: true,
  srcExclude: ['README.md', 'recipes/**', 'node_modules/**'],
  locales: {
    zh: { label: '简体中文', lang: 'zh-CN', link: '/zh/', themeConfig: navigation('zh') },
    en: { label: 'English', lang: 'en', link: '/en/', themeConfig: navigation('en') },
  },
  themeConfig: { ...navigation('en'), search },
  markdown: {
    anchor: { slugify: githubSlug },
    config(md) {
      md.use(linksOut);
      // `{{name}}` is a variable of a campaign and not of Vue.
      md.renderer.rules['code_inline'] = (tokens, at) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[at]?.content ?? '')}</code>`;
    },
  },
  vite: {
    plugins: [publishedFiles(), fewerGrammars()],
    server: { proxy },
    preview: { proxy },
    build: { chunkSizeWarningLimit: 3000 },
  },
  async buildEnd({ outDir }) {
    for (const [name, file] of Object.entries(PUBLISHED)) await copyFile(file, join(outDir, name));
  },
});
