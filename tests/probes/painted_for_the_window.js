// Whether the stage is painted for the window as it is, and shows a scene or a place of the playlist.
(stage, shown) => Math.abs(stage.getBoundingClientRect().width - innerWidth) < 1
    && Math.abs(stage.getBoundingClientRect().height - innerHeight) < 1
    && Number(stage.dataset.width) === stage.clientWidth
    && [stage.dataset.scene, stage.dataset.listed].includes(shown)
