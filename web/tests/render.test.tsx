import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { render } from '../src/markdown/render';

const html = (text: string, definitions = '') => renderToStaticMarkup(render(text, definitions, false));
const link = (href: string, place: string, words: string) =>
  `<a href="${href}" target="_blank" rel="noopener noreferrer nofollow" title="${href}" data-place="${place}">${words}</a>`;

test.each([
  ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
  ['a <b onclick=x>b</b>', '<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>'],
  ['a<br>b', '<p>a<br/>\nb</p>'],
  ['[x](javascript:alert(1))', '<p>x</p>'],
  ['[x](/chat)', '<p>x</p>'],
  ['[x](//evil.example)', '<p>x</p>'],
  ['<https://a.example/>', `<p>${link('https://a.example/', 'a.example', 'https://a.example/')}</p>`],
  ['**a** ~~b~~ ~c~', '<p><strong>a</strong> <del>b</del> ~c~</p>'],
  ['[![i](https://a.example/i.png)](https://b.example/)', `<p>${link('https://b.example/', 'b.example', 'Image: i')}</p>`],
])('%j becomes %j', (text, markup) => expect(html(text)).toBe(markup));

test('a link finds its address among the definitions', () => {
  expect(html('[x][1]', '[1]: https://a.example/\n')).toContain('href="https://a.example/"');
});

test('an image becomes a link that names its host', () => {
  expect(html('![cat](https://i.example/cat.png)')).toContain('Image: cat <span class="place">(i.example)</span>');
});
