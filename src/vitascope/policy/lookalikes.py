"""Tables of letters that pass for others: by shape, by digit, and traditional Chinese for simplified."""

from __future__ import annotations


def pairs(table: str) -> dict[str, str]:
    """{"а": "a", …} from "аa …": each item is the letter and what it passes for."""
    return {item[0]: item[1:] for item in table.split()}


# letters that cannot be told from a Latin one in print; keys are lower case unless only the capital looks alike
TWINS = pairs(
    # Cyrillic
    "аa вb еe іi кk мm нh оo рp сc тt уy хx ѕs јj һh ԁd ԛq ԝw ӏl ѵv ԍg үy "
    # Greek
    "αa εe ιi κk νv οo ρp τt υu χx ϲc ϳj ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX "
    # Cherokee (case folding gives its capitals)
    "ᎪA ᏴB ᏟC ᎠD ᎬE ᎱF ᎶG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ ᎩY ᏀG ᏂH ᎾO ᏔW "
    # Armenian
    "օo ոn սu ցg հh լl քp զq յj"
)
# further letters that stand for a Latin one only inside a word that holds Latin letters too
ALIKE = pairs("бb гr ёe зz иu йu пn фf чy шw ьb ъb эe яr юo лn дd жx цu щw ғf ҽe βb γy ζz ηn θo λl μu σo φp ψy ωw")

LEET = pairs("0o 1i 3e 4a 5s 6g 7t 8b 9g @a $s !i |i +t €e £l")
LEET_AS_L = LEET | {"1": "l", "|": "l", "!": "l"}

# the traditional forms whose simplified ones stand in packs or in everyday prompts; OpenCC's full tables can follow
SIMPLIFIED = str.maketrans(
    pairs(
        "習习 進进 國国 門门 廣广 場场 運运 動动 學学 議议 遊游 鎮镇 壓压 殺杀 屍尸 慘惨 軍军 車车 東东 總总 書书 "
        "記记 兒儿 歲岁 輪轮 強强 發发 脫脱 褲裤 處处 戀恋 愛爱 體体 圖图 視视 頻频 裡里 裏里 製制 藥药 槍枪 彈弹 "
        "葯药 氣气 劑剂 細细 種种 滅灭 絕绝 猶犹 華华 漢汉 維维 爾尔 亞亚 歐欧 龍龙 馬马 鳥鸟 魚鱼 貓猫 雞鸡 貝贝 "
        "見见 觀观 覺觉 說说 話话 語语 請请 讓让 誰谁 認认 證证 識识 讀读 課课 調调 談谈 論论 試试 詞词 詩诗 該该 "
        "詳详 誠诚 誤误 謀谋 謊谎 謝谢 譯译 護护 變变 對对 導导 將将 專专 尋寻 當当 與与 興兴 舉举 舊旧 藝艺 節节 "
        "範范 築筑 簡简 籃篮 類类 顯显 風风 飛飞 飯饭 飲饮 館馆 驚惊 驗验 騎骑 髮发 鬥斗 鬧闹 點点 黨党 齊齐 齒齿 "
        "齡龄 龜龟 無无 為为 烏乌 煙烟 熱热 燈灯 燒烧 營营 爭争 牆墙 狀状 獨独 獲获 現现 環环 畫画 異异 療疗 瘋疯 "
        "盜盗 監监 盤盘 眾众 睜睁 確确 禮礼 禍祸 離离 難难 雲云 電电 霧雾 靈灵 靜静 韓韩 頁页 頂顶 順顺 須须 預预 "
        "領领 頭头 顏颜 願愿 個个 們们 傷伤 傳传 價价 億亿 優优 償偿 兩两 冊册 凍冻 別别 刪删 剛刚 創创 劇剧 劉刘 "
        "劍剑 勝胜 勞劳 勢势 勵励 區区 協协 卻却 厲厉 參参 吳吴 員员 問问 啟启 嗎吗 單单 嘆叹 嘔呕 嚴严 囑嘱 圍围 "
        "園园 圓圆 團团 執执 報报 壞坏 壯壮 壽寿 夢梦 夾夹 奧奥 奪夺 婦妇 媽妈 嬰婴 孫孙 寧宁 實实 審审 寫写 寬宽 "
        "寶宝 屆届 屬属 島岛 師师 帶带 幫帮 幹干 幾几 庫库 應应 廠厂 廢废 張张 彎弯 後后 從从 復复 徹彻 徵征 恆恒 "
        "悅悦 惡恶 惱恼 態态 慶庆 慮虑 憂忧 憐怜 憲宪 懷怀 戰战 戲戏 戶户 拋抛 掃扫 採采 掛挂 損损 換换 搖摇 撐撑 "
        "撥拨 擁拥 擇择 擊击 擋挡 據据 擠挤 擴扩 擺摆 攝摄 敗败 敵敌 數数 斷断 於于 時时 晉晋 曆历 歷历 會会 條条 "
        "楊杨 極极 樂乐 樓楼 標标 樣样 樹树 橋桥 機机 檢检 櫃柜 權权 歡欢 殘残 毀毁 氫氢 決决 沒没 況况 淚泪 淨净 "
        "淺浅 湯汤 溝沟 滿满 漸渐 潔洁 潛潜 澤泽 濃浓 濟济 灣湾 災灾 爺爷 紅红 紀纪 約约 級级 純纯 紙纸 終终 組组 "
        "結结 給给 統统 絲丝 經经 綠绿 網网 緊紧 線线 練练 縣县 縱纵 績绩 織织 繞绕 繪绘 繼继 續续 罰罚 羅罗 義义 "
        "聖圣 聞闻 聯联 聲声 職职 聽听 肅肃 腦脑 腳脚 膽胆 臉脸 臨临 臺台 莊庄 萬万 葉叶 蒼苍 蓋盖 蟲虫 衆众 術术 "
        "衛卫 補补 裝装 襲袭 規规 親亲 計计 訂订 訊讯 討讨 訓训 設设 許许 訴诉 註注 評评 詐诈 誘诱 財财 貨货 責责 "
        "貴贵 買买 費费 資资 賊贼 賓宾 賣卖 賤贱 賽赛 贈赠 贊赞 趕赶 跡迹 踐践 軟软 較较 載载 輕轻 輛辆 轉转 辦办 "
        "農农 這这 連连 週周 過过 達达 違违 遠远 適适 遲迟 選选 還还 邊边 邏逻 鄉乡 鄰邻 醫医 釋释 針针 釘钉 鈴铃 "
        "銀银 銅铜 鋼钢 錄录 錢钱 錯错 鍋锅 鎖锁 鏡镜 鐘钟 鐵铁 長长 閃闪 開开 間间 閱阅 闆板 關关 陣阵 陰阴 陳陈 "
        "陸陆 陽阳 隊队 階阶 際际 隨随 險险 隱隐 雖虽 雙双 雜杂 飢饥 餓饿 養养 駕驾 騙骗 騷骚 驅驱 驟骤 鬆松 鳳凤 "
        "鹽盐 麗丽 麥麦 麼么 黃黄 齋斋 溫温 髒脏 綁绑 繩绳 膚肤 腸肠 內内 臟脏 顱颅 斬斩 剝剥 虜虏 獄狱 擄掳 產产 "
        "謠谣 僞伪 偽伪 窺窥 並并 瀉泻 鈾铀 鹼碱 濾滤 恥耻 穢秽 汙污 誕诞 蘇苏 賴赖 鋸锯 鑽钻 腎肾 腫肿 劃划 劊刽 "
        "敘叙 彙汇 匯汇 購购 販贩 輻辐 誅诛 淪沦 搶抢 闖闯 駁驳 獸兽 綱纲 係系 傾倾 儀仪 "
    )
)
